"""Made-up photos tell how far other photos are from natural ones, without batch norm."""

from __future__ import annotations

import numpy as np
import pytest

from tests.backbones.tinyformer import TINYFORMER
from transferleaf.backbones import Backbone, build_backbone
from transferleaf.similarity.synthetic_divergence import synthetic_divergences
from transferleaf.similarity.synthetic_photos import synthetic_photos


@pytest.fixture(scope="module")
def tinyformer() -> Backbone:
    return build_backbone(TINYFORMER, weights=None)


def test_made_photos_depend_on_the_seed_only():
    first, again, other = (synthetic_photos(3, 32, seed=seed) for seed in (0, 0, 1))

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert first.dtype == np.uint8


def test_made_photos_have_about_the_brightness_of_natural_ones():
    photos = synthetic_photos(64, 64)

    np.testing.assert_allclose(photos.mean(axis=(0, 1, 2)), [124, 116, 104], atol=15)
    np.testing.assert_allclose(photos.std(axis=(0, 1, 2)), [58, 57, 57], atol=12)


def test_other_made_photos_are_near_and_black_ones_far(tinyformer: Backbone):
    others = synthetic_photos(64, 32, seed=7)

    near = synthetic_divergences(tinyformer, [others[:40], others[40:]])
    far = synthetic_divergences(tinyformer, [np.zeros_like(others)])

    assert len(near) == 3
    assert max(near) < 0.2 < min(far)
