from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.datasets.picturing import picture
from transferleaf.auditing.duplicates.turns import Turn, turned_hashes, turned_thumbnails
from transferleaf.auditing.facts.perceptual_hash import perceptual_hash

Transpose = Image.Transpose
# What Pillow calls them; its TRANSPOSE mirrors along the diagonal from top left.
PILLOW = {
    Turn.LEFT: Transpose.ROTATE_90,
    Turn.HALF: Transpose.ROTATE_180,
    Turn.RIGHT: Transpose.ROTATE_270,
    Turn.MIRRORED: Transpose.FLIP_LEFT_RIGHT,
    Turn.MIRRORED_LEFT: Transpose.TRANSPOSE,
    Turn.FLIPPED: Transpose.FLIP_TOP_BOTTOM,
    Turn.MIRRORED_RIGHT: Transpose.TRANSVERSE,
}


def by_pillow(image, turn):
    return image.transpose(PILLOW[turn]) if turn in PILLOW else image


def hashes(*images):
    told = b"".join(perceptual_hash(np.asarray(image.convert("L"))) for image in images)
    return np.frombuffer(told, ">u8").astype(np.uint64)


@pytest.mark.parametrize("turn", Turn)
def test_a_turned_hash_is_the_hash_of_the_turned_photo(turn):
    images = [picture(seed, (32, 32)) for seed in range(5)]

    turned = turned_hashes(hashes(*images), turn)

    assert turned.tolist() == hashes(*(by_pillow(image, turn) for image in images)).tolist()


@pytest.mark.parametrize("turn", Turn)
def test_a_turned_thumbnail_is_that_of_the_turned_photo(turn):
    images = [picture(seed, (16, 16)) for seed in range(2)]

    turned = turned_thumbnails(np.stack([np.asarray(image) for image in images]), turn)

    assert np.array_equal(turned, [np.asarray(by_pillow(image, turn)) for image in images])


@pytest.mark.parametrize("turn", Turn)
def test_what_is_undone_is_as_it_was(turn):
    before = hashes(picture(0, (32, 32)))

    assert turned_hashes(turned_hashes(before, turn), turn.undone).tolist() == before.tolist()


@pytest.mark.parametrize("turn", Turn)
def test_no_hashes_give_no_hashes(turn):
    assert turned_hashes(np.empty(0, np.uint64), turn).shape == (0,)
