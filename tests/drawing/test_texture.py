from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from transferleaf.drawing import texture


@pytest.mark.parametrize("cells", [2.5, 8, 200])  # fewer, as many, more bumps than pixels
def test_clouds_have_unit_strength_at_every_fineness(cells):
    field = texture.clouds(np.random.default_rng(0), 64, cells, octaves=3)

    assert (field.shape, field.dtype) == ((64, 64), np.float32)
    assert field.std() == pytest.approx(1, abs=1e-3)


def test_more_cells_make_finer_clouds():
    coarse = texture.clouds(np.random.default_rng(0), 64, 3)
    fine = texture.clouds(np.random.default_rng(0), 64, 16)

    assert np.abs(np.diff(coarse)).mean() < np.abs(np.diff(fine)).mean()


def test_stretched_clouds_change_less_along_the_vertical():
    grain = texture.clouds(np.random.default_rng(0), 64, 16, stretch=8)

    assert np.abs(np.diff(grain, axis=0)).mean() < np.abs(np.diff(grain, axis=1)).mean() / 2


def test_softening_keeps_the_mean_and_takes_the_edges():
    step = np.zeros((64, 64), np.float32)
    step[:, 32:] = 1

    soft = texture.soften(step, 8)

    assert soft.mean() == pytest.approx(0.5, abs=0.02)
    assert np.abs(np.diff(soft)).max() < 0.25


@pytest.mark.parametrize(
    ("value", "expected"), [(-1, 0), (0, 0), (0.25, 0.15625), (0.5, 0.5), (1, 1), (9, 1)]
)
def test_smoothstep_rises_from_start_to_end(value, expected):
    field = np.array([[value]], np.float32)

    assert texture.smoothstep(field, 0, 1).item() == pytest.approx(expected)


def test_blending_uses_the_given_share_of_the_upper_colour():
    below = np.zeros((1, 3, 3), np.float32)
    share = np.array([[0, 0.5, 1]], np.float32)

    mixed = texture.blend(below, texture.colour(1, 0.5, 0), share)

    np.testing.assert_allclose(mixed, [[[0, 0, 0], [0.5, 0.25, 0], [1, 0.5, 0]]])


def test_a_picture_holds_the_colours_it_was_made_from():
    shown = texture.picture(np.array([[[0, 0.5, 1], [-1, 2, 0.2]]], np.float32))

    assert isinstance(shown, Image.Image)
    np.testing.assert_allclose(texture.colours(shown), [[[0, 0.5, 1], [0, 1, 0.2]]], atol=0.5 / 255)
