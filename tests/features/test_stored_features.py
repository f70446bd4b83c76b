"""Features in the store have the interface of an array."""

from __future__ import annotations

import numpy as np
import pytest

from tests.features.store.made import WIDTH, fill, keys, open_space, rows
from transferleaf.features.outputs import StoredGroups
from transferleaf.features.stored_features import StoredFeatures
from transferleaf.freezing.feature_groups import FeatureGroup

PHOTOS = 6


@pytest.fixture
def stored(tmp_path):
    """Two views of six photos: rows 0 to 5 and 6 to 11, in files of four."""
    space = open_space(tmp_path / "cache")
    for start in range(0, 2 * PHOTOS, 4):
        fill(space, range(start, start + 4))
    views = [space.rows(keys(range(start, start + PHOTOS))) for start in (0, PHOTOS)]
    # Two stages with the same content.
    groups = [FeatureGroup(stage, "average", WIDTH) for stage in (0, 1)]
    return StoredFeatures([StoredGroups(dict.fromkeys(groups, view)) for view in views])


def numbers(features: np.ndarray) -> list[float]:
    return features[:, 0].tolist()


def test_views_are_stacked_and_stages_concatenated(stored):
    assert len(stored) == 2 * PHOTOS
    assert stored.shape == (2 * PHOTOS, 2 * WIDTH)
    np.testing.assert_array_equal(stored[:], np.tile(rows(range(2 * PHOTOS)), (1, 2)))
    assert stored[:].dtype == np.float32


@pytest.mark.parametrize(
    ("photos", "expected"),
    [
        (slice(0, 2), [0, 1]),
        (slice(4, 8), [4, 5, 6, 7]),
        (slice(10, 99), [10, 11]),
        (slice(3, 3), []),
    ],
    ids=["one view", "across views", "beyond the end", "none"],
)
def test_photos_that_follow_each_other_are_read(stored, photos, expected):
    assert numbers(stored[photos]) == expected


def test_a_part_is_read_in_its_own_order(stored):
    part = stored.part(np.array([7, 0, 11]))

    assert part.shape == (3, 2 * WIDTH)
    assert numbers(part[:]) == [7, 0, 11]
    assert numbers(part.part(slice(1, 3))[0:1]) == [0]
