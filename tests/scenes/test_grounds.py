"""Grounds: drawn, chosen from photos, and the photo's own."""

from __future__ import annotations

import numpy as np

from tests.scenes.conftest import GROUND
from transferleaf.scenes.grounds import drawn_ground, own_ground, part_of
from transferleaf.scenes.leaf_mask import find_leaf


def test_a_drawn_ground_is_the_same_each_time_and_differs_by_number():
    first = drawn_ground(1, 48)

    assert first.shape == (62, 62, 3)
    assert (first == drawn_ground(1, 48)).all()
    assert (first != drawn_ground(2, 48)).any()


def test_a_part_has_the_size_that_is_asked_for_and_only_colours_of_the_ground():
    ground = np.full((50, 80, 3), (10, 200, 30), np.uint8)

    part = part_of(ground, np.random.default_rng(0), 24)

    assert part.shape == (24, 24, 3)
    np.testing.assert_allclose(part * 255, np.broadcast_to((10, 200, 30), part.shape), atol=0.01)


def test_parts_vary():
    rng = np.random.default_rng(0)
    ground = drawn_ground(0, 48)

    parts = {part_of(ground, rng, 24).tobytes() for _ in range(8)}

    assert len(parts) == 8


def test_the_own_ground_shows_no_leaf(plain_photo):
    leaf = find_leaf(plain_photo)

    ground = own_ground(plain_photo / np.float32(255), leaf) * 255

    # The soft edge of the leaf may leave a trace.
    assert np.abs(ground - GROUND).max(axis=2)[:, ::-1][leaf].mean() < 12
    assert np.abs(ground[2, 2] - GROUND).max() < 1
