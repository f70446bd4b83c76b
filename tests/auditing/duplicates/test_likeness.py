from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.picturing import picture
from transferleaf.auditing.duplicates import likeness as likeness_module
from transferleaf.auditing.duplicates.likeness import has_detail, likeness


def thumbnail(seed):
    return np.asarray(picture(seed, (16, 16)))[None]


def grey(thumbnails):
    levels = thumbnails @ np.array([0.299, 0.587, 0.114])
    return np.repeat(np.rint(levels)[..., None], 3, axis=3).astype(np.uint8)


@pytest.mark.parametrize(
    "change",
    [
        lambda levels: levels,
        lambda levels: levels // 2 + 40,
        lambda levels: levels // 2 + np.uint8([0, 20, 40]),
        grey,
    ],
    ids=["same", "contrast and brightness", "tint", "grey"],
)
def test_light_tint_and_lost_colours_do_not_matter(change):
    assert likeness(thumbnail(0), change(thumbnail(0)))[0] > 0.999


def test_it_is_the_same_from_both_sides():
    coloured, without = thumbnail(0), grey(thumbnail(0))

    assert likeness(coloured, without)[0] == pytest.approx(likeness(without, coloured)[0])


def test_other_pictures_are_not_alike():
    assert abs(likeness(thumbnail(0), thumbnail(1))[0]) < 0.5


def test_the_same_greys_in_other_colours_are_less_alike():
    first = thumbnail(0)

    assert likeness(first, first[..., ::-1])[0] < 0.9


def test_pairs_are_compared_one_by_one(monkeypatch):
    monkeypatch.setattr(likeness_module, "_HELD_AT_A_TIME", 2)
    first = np.concatenate([thumbnail(seed) for seed in [0, 1, 2, 3, 4]])
    second = np.concatenate([thumbnail(seed) for seed in [0, 9, 2, 9, 4]])

    assert (likeness(first, second) > 0.99).tolist() == [True, False, True, False, True]


def test_blank_photos_are_not_alike():
    blank = np.full((1, 16, 16, 3), 200, np.uint8)

    assert likeness(blank, blank).tolist() == [0.0]


def test_noise_is_no_detail():
    rng = np.random.default_rng(0)
    noise = (200 + rng.integers(-2, 3, size=(1, 16, 16, 3))).astype(np.uint8)
    blank = np.full((1, 16, 16, 3), [90, 200, 30], np.uint8)

    assert has_detail(np.concatenate([thumbnail(0), noise, blank])).tolist() == [True, False, False]


def test_of_no_photos_nothing_is_said():
    none = np.empty((0, 16, 16, 3), np.uint8)

    assert likeness(none, none).shape == has_detail(none).shape == (0,)
