from __future__ import annotations

import numpy as np

from transferleaf.drawing.growing.anatomy import deform
from transferleaf.drawing.growing.crops import CROPS


def plan(crop="Apple"):
    return CROPS[crop](np.random.default_rng(0))


def test_without_deformation_a_plan_stays_as_it_is():
    before = plan()

    after = deform(before, np.random.default_rng(0), 0.0)

    np.testing.assert_allclose(after.polygons[0], before.polygons[0])


def test_veins_move_with_the_outline():
    before = plan()

    after = deform(before, np.random.default_rng(0), 0.05)

    tip = before.polygons[0][:, 1].argmax()
    moved_tip = after.polygons[0][tip] - before.polygons[0][tip]
    moved_vein = after.veins[0].path[-1] - before.veins[0].path[-1]
    np.testing.assert_allclose(moved_vein, moved_tip, atol=0.02)
    assert np.linalg.norm(moved_tip) > 0.02


def test_a_leaf_without_a_stalk_gets_none():
    assert deform(plan("Corn"), np.random.default_rng(0), 0.05).stalk is None
