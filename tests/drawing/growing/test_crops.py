from __future__ import annotations

import numpy as np
import pytest

from transferleaf.drawing.growing.crops import CROPS
from transferleaf.drawing.growing.sheet import Sheet


@pytest.fixture(params=CROPS)
def anatomy(request):
    """The anatomy of a leaf of each crop."""
    return CROPS[request.param](np.random.default_rng(0))


def blade_of(crop, seed=0):
    anatomy = CROPS[crop](np.random.default_rng(seed))
    return Sheet(anatomy, 64).filled(anatomy.polygons)


def test_the_blade_covers_a_good_part_of_its_sheet(anatomy):
    blade = Sheet(anatomy, 64).filled(anatomy.polygons)

    assert 0.12 < blade.mean() < 0.75


def test_the_middle_vein_comes_first_and_rises_to_the_tip(anatomy):
    heights = anatomy.veins[0].path[:, 1]

    assert (np.diff(heights) > 0).all()


def test_most_of_the_veins_lie_on_the_blade(anatomy):
    sheet = Sheet(anatomy, 64)
    blade, veins = sheet.filled(anatomy.polygons), sheet.lines(anatomy.veins)

    assert (veins * blade).sum() > 0.8 * veins.sum()


def test_leaves_of_one_crop_differ():
    assert not np.array_equal(blade_of("Apple", seed=0), blade_of("Apple", seed=1))


def test_corn_is_the_slenderest_leaf():
    widths = {crop: (blade_of(crop) > 0.5).any(axis=0).sum() for crop in CROPS}

    assert min(widths, key=widths.get) == "Corn"


@pytest.mark.parametrize(
    ("crop", "lobed"),
    [("Apple", False), ("Bean", False), ("Corn", False), ("Grape", True), ("Tomato", True)],
)
def test_only_lobed_leaves_have_an_outline_longer_than_their_box(crop, lobed):
    blade = blade_of(crop) > 0.5

    height, width = blade.any(axis=1).sum(), blade.any(axis=0).sum()
    outline = np.diff(blade, axis=0).sum() + np.diff(blade, axis=1).sum()

    # Without notches, an outline on square pixels is as long as its bounding box.
    assert (outline > 1.15 * 2 * (height + width)) == lobed
