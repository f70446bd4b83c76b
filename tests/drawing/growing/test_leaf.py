from __future__ import annotations

import numpy as np
import pytest

from transferleaf.drawing import DRAWN_CLASSES, variation
from transferleaf.drawing.growing.leaf import grow_leaf

WEAR_CHANCES = [
    "AGEING_CHANCE",
    "BLEMISH_CHANCE",
    "DUST_CHANCE",
    "DIRT_CHANCE",
    "BITE_CHANCE",
]


@pytest.fixture
def unworn(monkeypatch):
    """Leaves with a disease but without wear."""
    for chance in WEAR_CHANCES:
        monkeypatch.setattr(variation, chance, 0.0)


def leaf(class_name, seed=0):
    return grow_leaf(class_name, np.random.default_rng(seed), 64)


@pytest.mark.parametrize("class_name", DRAWN_CLASSES)
def test_all_fields_of_a_leaf_are_in_range(class_name):
    blade = leaf(class_name)

    shares = np.stack([blade.opacity, blade.tissue, blade.depth, blade.veins])
    assert (shares.min(), shares.max()) == pytest.approx((0, 1), abs=1e-6)
    assert np.isfinite(blade.colour).all()
    assert np.isfinite(blade.relief).all()
    assert blade.colour.dtype == np.float32


@pytest.mark.parametrize("disease", ["Blight", "Rust"])
def test_a_disease_changes_the_colour_and_not_the_shape(unworn, disease):
    healthy, ill = leaf("Corn___healthy"), leaf(f"Corn___{disease}")

    changed = np.abs(ill.colour - healthy.colour).max(axis=2) * healthy.tissue
    assert np.array_equal(ill.opacity, healthy.opacity)
    assert (changed > 0.1).mean() > 0.005


@pytest.mark.parametrize(
    ("class_name", "redder"),
    [
        ("Tomato___Blight", True),
        ("Tomato___Leaf_spot", True),
        ("Apple___Rust", True),
        ("Apple___Powdery_mildew", False),
    ],
)
def test_dead_tissue_and_rust_are_redder_than_green_and_mildew_is_not(unworn, class_name, redder):
    blade = leaf(class_name)

    red, green = blade.colour[..., 0], blade.colour[..., 1]
    brown = (red > green * 1.1) & (blade.tissue > 0.9)

    assert (brown.mean() > 0.001) == redder


def test_more_severe_mosaic_is_paler(unworn, monkeypatch):
    monkeypatch.setattr(variation, "SEVERITY", (0.1, 0.1))
    mild = leaf("Bean___Mosaic")
    monkeypatch.setattr(variation, "SEVERITY", (1.0, 1.0))
    strong = leaf("Bean___Mosaic")

    assert strong.colour.mean() > mild.colour.mean()


def test_bites_take_part_of_the_blade_away(unworn, monkeypatch):
    whole = leaf("Bean___healthy")
    monkeypatch.setattr(variation, "BITE_CHANCE", 1.0)

    bitten = leaf("Bean___healthy")

    assert bitten.opacity.sum() < whole.opacity.sum()
    assert (bitten.opacity <= whole.opacity).all()


@pytest.mark.parametrize("chance", WEAR_CHANCES)
@pytest.mark.parametrize("class_name", ["Apple___healthy", "Grape___Powdery_mildew"])
def test_every_kind_of_wear_occurs_on_healthy_and_diseased_leaves(
    unworn, monkeypatch, chance, class_name
):
    before = leaf(class_name)
    monkeypatch.setattr(variation, chance, 1.0)

    after = leaf(class_name)

    assert not np.array_equal(after.colour, before.colour)
