"""Leaves laid on a ground: place, shadow, light."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.scenes.cut_out import CutOut
from transferleaf.scenes.pasting import Place, Shadow, in_light_of, laid, pasted


@pytest.fixture
def square():
    """A leaf that is 16 pixels wide in a photo of 32, brighter on the left."""
    opacity = np.zeros((32, 32), np.float32)
    opacity[8:24, 8:24] = 1
    colours = np.full((32, 32, 3), 0.4, np.float32)
    colours[:, 8:16] = 0.8
    return CutOut(colours, opacity)


def test_in_the_middle_at_its_own_size_a_leaf_stays_what_it_is(square):
    there = laid(square, Place(), 32)

    np.testing.assert_allclose(there.opacity, square.opacity, atol=0.01)
    np.testing.assert_allclose(there.colours[8:24, 8:24], square.colours[8:24, 8:24], atol=0.02)


def test_a_leaf_moves_to_its_place(square):
    there = laid(square, Place(x=0.75, y=0.25), 32)

    rows, columns = np.nonzero(there.opacity > 0.5)
    assert rows.mean() + 0.5 == pytest.approx(8, abs=0.6)
    assert columns.min() == 16


def test_half_the_size_is_a_quarter_of_the_area(square):
    there = laid(square, Place(size=0.5), 32)

    assert there.opacity.sum() == pytest.approx(square.opacity.sum() / 4, rel=0.1)


def test_a_mirrored_leaf_is_bright_on_the_right(square):
    there = laid(square, Place(mirrored=True), 32)

    assert there.colours[16, 22, 0] > there.colours[16, 10, 0] + 0.3


def test_where_the_leaf_is_opaque_nothing_of_the_ground_shows(square):
    ground = np.zeros((32, 32, 3), np.float32)
    ground[..., 2] = 1

    scene = pasted(ground, square)

    np.testing.assert_allclose(scene[8:24, 8:24], square.colours[8:24, 8:24])
    np.testing.assert_allclose(scene[:8], ground[:8])


def test_a_shadow_falls_beside_the_leaf_and_nowhere_else(square):
    ground = np.full((32, 32, 3), 0.8, np.float32)
    shadow = Shadow(across=0.2, down=0.0, softness=0.03, depth=0.5)

    scene = pasted(ground, square, shadow)

    assert scene[16, 27, 0] < 0.6
    assert scene[16, 3, 0] == pytest.approx(0.8)
    np.testing.assert_allclose(scene[16, 12], square.colours[16, 12])


def test_on_a_dark_ground_a_leaf_gets_darker(square):
    dark = np.full((32, 32, 3), 0.1, np.float32)

    there = in_light_of(square, dark, 0.5)

    assert there.colours[16, 20, 0] < 0.8 * square.colours[16, 20, 0]
    np.testing.assert_array_equal(in_light_of(square, dark, 0).colours, square.colours)
