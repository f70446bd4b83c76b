"""Handling of damaged files in the store: removal and a warning."""

from __future__ import annotations

import warnings

from transferleaf.errors import DamagedCacheFileError
from transferleaf.files.whole_files import remove


# A warning instead of a log entry, because it is visible by default and can be filtered.
class FeatureStoreWarning(UserWarning):
    """The feature store lost or kept data unexpectedly."""


def discard_damaged(error: DamagedCacheFileError) -> None:
    """Remove a damaged file, and warn that its content must be computed again."""
    outcome = "it was removed" if remove(error.path) else "it is left out"
    warnings.warn(
        f"{error}; {outcome}, and its content is computed again",
        FeatureStoreWarning,
        stacklevel=2,
    )
