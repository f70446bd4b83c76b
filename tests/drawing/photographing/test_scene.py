from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transferleaf.drawing.growing.leaf import grow_leaf
from transferleaf.drawing.photographing.background import FIELD, PLAIN, draw_background
from transferleaf.drawing.photographing.scene import set_scene


def scene(class_name, seed, *, opacity=None):
    blade = grow_leaf(class_name, np.random.default_rng(1), 48)
    if opacity is not None:
        blade = replace(blade, opacity=np.full_like(blade.opacity, opacity))
    return set_scene(blade, np.random.default_rng(seed), 40)


@pytest.mark.parametrize("seed", range(6))
def test_the_background_does_not_depend_on_the_class(seed):
    behind_grape = scene("Grape___Leaf_spot", seed, opacity=0)
    behind_corn = scene("Corn___healthy", seed, opacity=0)

    np.testing.assert_array_equal(behind_grape, behind_corn)


def test_what_follows_a_scene_does_not_depend_on_the_class():
    after = []
    for class_name in ("Grape___Leaf_spot", "Corn___healthy"):
        rng = np.random.default_rng(0)
        set_scene(grow_leaf(class_name, np.random.default_rng(1), 48), rng, 40)
        after.append(rng.random())

    assert after[0] == after[1]


def test_a_leaf_is_in_the_middle_of_the_picture():
    bare, laid = scene("Bean___healthy", 0, opacity=0), scene("Bean___healthy", 0)

    changed = np.abs(laid - bare).max(axis=2) > 0.02

    assert changed[18:22, 18:22].all()
    assert not changed.all()


@pytest.mark.parametrize("background", sorted({*PLAIN, *FIELD}, key=lambda kind: kind.__name__))
def test_every_background_fills_the_picture_with_something_uneven(background):
    ground = background(np.random.default_rng(0), 40)

    assert ground.shape == (40, 40, 3)
    assert np.isfinite(ground).all()
    assert ground.std(axis=(0, 1)).min() > 0.002


def test_backgrounds_are_colours():
    ground = draw_background(np.random.default_rng(0), 40)

    assert ground.dtype == np.float32
    assert (ground.min() >= 0, ground.max() <= 1) == (True, True)
