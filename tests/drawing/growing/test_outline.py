from __future__ import annotations

import numpy as np
import pytest

from transferleaf.drawing.growing.outline import Profile, palmate, toothed

OVAL = Profile(half_width=0.3, base=0.5, tip=0.5)


def test_a_profile_is_as_wide_as_it_says_and_closed_at_both_ends():
    widths = OVAL.width_at(np.linspace(0, 1, 101))

    assert widths.max() == pytest.approx(0.3)
    assert (widths[0], widths[-1]) == (0, 0)


def test_a_simple_edge_is_symmetric():
    edge = OVAL.edge()

    np.testing.assert_allclose(edge[::-1] * [-1, 1], edge)


def test_a_heart_hangs_below_its_stalk():
    heart = Profile(half_width=0.4, base=0.3, tip=1.0, heart=0.1)

    assert heart.edge()[:, 1].min() < -0.01
    assert OVAL.edge()[:, 1].min() == 0


def test_teeth_stand_out_by_half_their_depth_and_cut_in_by_the_other_half():
    circle = Profile(half_width=0.5, base=0.5, tip=0.5).edge()

    radius = np.linalg.norm(toothed(circle, teeth=20, depth=0.1) - [0, 0.5], axis=1)

    assert radius.max() == pytest.approx(0.55, abs=0.01)
    assert radius.min() == pytest.approx(0.45, abs=0.01)


def test_a_tooth_stands_on_the_tip():
    circle = Profile(half_width=0.5, base=0.5, tip=0.5).edge()

    tip = toothed(circle, teeth=20, depth=0.1)[20 * 12 // 2]

    assert tip == pytest.approx([0, 1.05], abs=0.01)


def test_a_palmate_blade_reaches_each_lobe_and_is_cut_between_them():
    edge = palmate([(0, 1.0), (60, 0.8)], notch=0.5, sinus=0.1)

    angle = np.rad2deg(np.arctan2(edge[:, 0], edge[:, 1]))
    radius = np.linalg.norm(edge, axis=1)

    def reach(at):
        return radius[np.abs(angle - at).argmin()]

    assert reach(0) == pytest.approx(1.0, abs=0.02)
    assert reach(60) == pytest.approx(0.8, abs=0.02)
    assert reach(30) == pytest.approx(0.45, abs=0.02)
