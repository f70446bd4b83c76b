from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transferleaf.drawing.photographing.pose import Pose, draw_pose, laid

FLAT = Pose(turn=0.0, shift=(0.0, 0.0), tilt=(0.0, 0.0), bend=(0.0, 0.0), span=1.0, squeeze=1.0)


def spot(row, column):
    """A white sheet with one opaque square."""
    opacity = np.zeros((64, 64), np.float32)
    opacity[row - 3 : row + 4, column - 3 : column + 4] = 1
    return np.ones((64, 64, 3), np.float32), opacity


def middle_of(opacity):
    rows, columns = np.nonzero(opacity > 0.5)
    return rows.mean(), columns.mean()


@pytest.mark.parametrize(
    ("pose", "row", "column"),
    [
        (FLAT, 10, 32),
        (replace(FLAT, turn=np.pi / 2), 32, 54),  # the tip points to the right
        (replace(FLAT, shift=(0.25, 0.0)), 10, 48),
        (replace(FLAT, span=0.5), 21, 32),
    ],
)
def test_the_pose_says_where_the_tip_of_the_leaf_is_seen(pose, row, column):
    _, opacity = laid(*spot(10, 32), pose, 64)

    assert middle_of(opacity) == pytest.approx((row, column), abs=1.2)


def test_the_nearer_side_is_larger():
    tilted = replace(FLAT, tilt=(0.3, 0.0))

    _, left = laid(*spot(32, 16), tilted, 64)
    _, right = laid(*spot(32, 48), tilted, 64)

    assert right.sum() > left.sum()


def test_outside_the_sheet_nothing_is_seen():
    colours, opacity = laid(
        np.ones((64, 64, 3), np.float32),
        np.ones((64, 64), np.float32),
        replace(FLAT, span=0.5),
        64,
    )

    assert opacity[:12].max() == 0
    assert opacity[24:40, 24:40].min() == 1
    assert colours[24:40, 24:40].min() == 1


def test_most_leaves_lie_with_the_tip_up():
    rng = np.random.default_rng(0)

    turns = np.array([draw_pose(rng).turn for _ in range(300)])

    assert (np.cos(turns) > 0.8).mean() > 0.8
    assert (np.cos(turns) < 0).any()
