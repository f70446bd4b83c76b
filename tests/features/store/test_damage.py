from __future__ import annotations

import pytest

from transferleaf.errors import DamagedCacheFileError
from transferleaf.features.store.damage import FeatureStoreWarning, discard_damaged


def test_a_damaged_file_is_removed_with_one_line(tmp_path):
    path = tmp_path / "a"
    path.touch()

    with pytest.warns(FeatureStoreWarning) as told:
        discard_damaged(DamagedCacheFileError(path, "it is torn"))

    assert [str(warning.message) for warning in told] == [
        f"the cache file {str(path)!r} cannot be used: it is torn; it was removed, "
        "and its content is computed again"
    ]
    assert not path.exists()
