"""What happens to a damaged file of the store: it goes, and the user hears of it."""

from __future__ import annotations

import warnings

from transferleaf.errors import DamagedCacheFileError
from transferleaf.whole_files import remove


# A warning, not a log entry: it is seen without setting anything up, and can be filtered.
class FeatureStoreWarning(UserWarning):
    """The feature store lost or keeps something that its user did not expect."""


def discard_damaged(error: DamagedCacheFileError) -> None:
    """Remove a damaged file, and tell: what it held has to be computed again."""
    outcome = "it was removed" if remove(error.path) else "it is left out"
    warnings.warn(
        f"{error}; {outcome}, and what it held is computed again",
        FeatureStoreWarning,
        stacklevel=2,
    )
