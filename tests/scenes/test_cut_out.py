"""Leaves that are cut out: edges, colours, and leaves that the border cuts off."""

from __future__ import annotations

import numpy as np
import pytest

from tests.scenes.conftest import GROUND, LEAF
from transferleaf.scenes.cut_out import cut_out
from transferleaf.scenes.leaf_mask import find_leaf


@pytest.fixture(scope="module")
def leaf(plain_photo):
    return cut_out(plain_photo / np.float32(255), find_leaf(plain_photo))


def test_inside_is_the_leaf_and_outside_nothing(leaf):
    assert leaf.opacity[48, 48] == 1
    assert leaf.opacity[5, 5] == 0
    np.testing.assert_allclose(leaf.colours[48, 48] * 255, LEAF, atol=1)


def test_the_edge_is_soft(leaf):
    between = (leaf.opacity > 0.05) & (leaf.opacity < 0.95)

    assert 20 < between.sum() < 800


def test_the_edge_keeps_nothing_of_the_old_ground(leaf):
    edge = (leaf.opacity > 0.3) & (leaf.opacity < 0.95)

    to_leaf = np.abs(leaf.colours[edge] * 255 - LEAF).mean()
    to_ground = np.abs(leaf.colours[edge] * 255 - GROUND).mean()

    assert to_leaf < 0.2 * to_ground


def test_a_leaf_inside_the_photo_ends_there_and_one_that_fills_it_goes_on(leaf):
    strip = np.zeros((96, 96), bool)
    strip[:, 30:60] = True
    photo = np.where(strip[..., None], LEAF, GROUND).astype(np.float32) / 255

    assert not leaf.goes_on
    assert cut_out(photo, strip).goes_on
