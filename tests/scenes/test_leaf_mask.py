"""Which pixels are the leaf: on drawn leaves, of known truth, and where there is no answer."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.drawn_truth import draw_photos
from transferleaf.drawing.drawing import Drawing
from transferleaf.explanations import find_leaf

CLASSES = ("Apple___healthy", "Bean___Rust", "Corn___healthy", "Grape___Leaf_spot")


@pytest.fixture(scope="module")
def drawn():
    drawing = Drawing(
        photos_per_class=8, image_size=128, seed=3, classes=CLASSES, photos_per_leaf=(1, 1)
    )
    return draw_photos(drawing)


def overlap(found, truth):
    """Intersection over union."""
    return (found & truth).sum() / (found | truth).sum()


@pytest.mark.parametrize("ground", ["card", "cloth", "boards", "stone"])
def test_a_leaf_on_plain_ground_is_found(drawn, ground):
    photos = [photo for photo in drawn if photo.ground == ground]

    overlaps = [overlap(find_leaf(photo.pixels), photo.leaf) for photo in photos]

    assert np.mean(overlaps) > 0.85


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((50, 40, 3), 130, np.uint8),
        np.full((50, 40, 3), (60, 120, 40), np.uint8),
        np.random.default_rng(0).integers(0, 256, (50, 40, 3), dtype=np.uint8),
        np.full((1, 1, 3), 130, np.uint8),
    ],
    ids=["one grey", "one green", "noise", "one pixel"],
)
def test_without_a_leaf_on_a_ground_there_is_no_answer(pixels):
    assert find_leaf(pixels) is None


def test_a_green_border_is_no_ground():
    photo = np.full((60, 60, 3), (60, 120, 40), np.uint8)
    photo[20:40, 20:40] = (200, 180, 90)

    assert find_leaf(photo) is None


def test_holes_of_the_colour_of_the_ground_belong_to_the_leaf():
    photo = np.full((64, 64, 3), 200, np.uint8)
    photo[10:50, 10:50] = (40, 120, 30)
    photo[25:35, 25:35] = 200

    found = find_leaf(photo)

    assert found[25:35, 25:35].all()


def test_the_mask_has_the_size_of_the_photo():
    photo = np.full((300, 200, 3), 200, np.uint8)
    photo[60:240, 50:150] = (40, 120, 30)

    found = find_leaf(photo)

    assert found.shape == (300, 200)
    assert found.sum() == pytest.approx(180 * 100, rel=0.05)
