from __future__ import annotations

import numpy as np
import pytest

from transferleaf.head.rows import (
    BLOCK,
    all_standardised,
    blocks,
    feature_mean,
    feature_scale,
    standardised,
)

FEATURES = np.random.default_rng(0).normal(5, 3, size=(BLOCK + 7, 4)).astype(np.float32)


@pytest.mark.parametrize(
    ("n", "sizes"),
    [(0, []), (5, [5]), (BLOCK, [BLOCK]), (2 * BLOCK + 1, [BLOCK, BLOCK, 1])],
)
def test_blocks_cover_all_photos_once(n, sizes):
    found = [block.stop - block.start for block in blocks(np.zeros((n, 1), np.float32))]

    assert found == sizes


def test_mean_and_scale_are_those_of_all_photos():
    mean = feature_mean(FEATURES)

    np.testing.assert_allclose(mean, FEATURES.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(
        feature_scale(FEATURES, (), mean=mean), FEATURES.std(axis=0), rtol=1e-5
    )


def test_blocks_are_standardised_as_the_whole_is():
    mean = feature_mean(FEATURES)
    scale = feature_scale(FEATURES, (1, 3), mean=mean)

    whole = all_standardised(FEATURES, mean, scale)

    parts = [standardised(FEATURES[block], mean, scale) for block in blocks(FEATURES)]
    np.testing.assert_array_equal(whole, np.concatenate(parts))
    assert whole.dtype == np.float32
