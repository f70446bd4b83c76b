from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from tests.datasets.picturing import picture, save
from transferleaf.auditing.duplicates import (
    LEAST_LIKENESS,
    MOST_PARTNERS,
    DuplicatePair,
    Turn,
    grouped,
    near_duplicate_pairs,
)
from transferleaf.auditing.facts import photo_facts
from transferleaf.errors import ConfigError

Transpose = Image.Transpose


@pytest.fixture
def facts_of(tmp_path):
    """Saves pictures and looks at them; JPEGs of quality 90 where nothing else is said."""

    def look(*images, **options):
        paths = [
            save(image, tmp_path / f"{number}.jpg", **{"quality": 90, **options})
            for number, image in enumerate(images)
        ]
        return photo_facts(paths, cache=tmp_path / "cache")

    return look


@pytest.mark.parametrize(
    ("change", "turn"),
    [
        (lambda image: image.resize((48, 48)), Turn.NONE),
        (lambda image: image.resize((300, 200)), Turn.NONE),
        (lambda image: ImageEnhance.Brightness(image).enhance(1.1), Turn.NONE),
        (lambda image: ImageEnhance.Contrast(image).enhance(0.8), Turn.NONE),
        (lambda image: image.convert("L"), Turn.NONE),
        (lambda image: image.transpose(Transpose.ROTATE_90), Turn.LEFT),
        (lambda image: image.transpose(Transpose.ROTATE_180), Turn.HALF),
        (lambda image: image.transpose(Transpose.ROTATE_270), Turn.RIGHT),
        (lambda image: image.transpose(Transpose.FLIP_LEFT_RIGHT), Turn.MIRRORED),
        (lambda image: image.transpose(Transpose.FLIP_TOP_BOTTOM), Turn.FLIPPED),
        (lambda image: image.transpose(Transpose.TRANSPOSE), Turn.MIRRORED_LEFT),
        (lambda image: image.transpose(Transpose.TRANSVERSE), Turn.MIRRORED_RIGHT),
    ],
    ids=[
        *["halved", "stretched", "brighter", "duller", "grey", "left", "half", "right"],
        *["mirrored", "flipped", "transposed", "transversed"],
    ],
)
def test_a_changed_copy_is_found_and_how_it_was_turned_is_told(facts_of, change, turn):
    facts = facts_of(picture(1), picture(0), picture(2), change(picture(0)))

    (pair,) = near_duplicate_pairs(facts)

    assert (pair.first, pair.second, pair.turn) == (1, 3, turn)
    assert pair.distance <= 7
    assert pair.likeness >= LEAST_LIKENESS


def test_a_photo_saved_anew_at_low_quality_is_found(tmp_path):
    paths = [
        save(picture(0), tmp_path / "a.jpg", quality=95),
        save(picture(0), tmp_path / "b.jpg", quality=30),
    ]

    (pair,) = near_duplicate_pairs(photo_facts(paths, cache=tmp_path))

    assert (pair.first, pair.second, pair.turn) == (0, 1, Turn.NONE)


def test_different_photos_are_no_pairs(facts_of):
    assert near_duplicate_pairs(facts_of(*(picture(seed) for seed in range(30)))) == []


def test_exact_copies_are_pairs_with_the_first_of_them(facts_of):
    facts = facts_of(picture(0), picture(1), picture(0), picture(0))

    assert near_duplicate_pairs(facts) == [
        DuplicatePair(first=0, second=2, distance=0, turn=Turn.NONE, likeness=1.0),
        DuplicatePair(first=0, second=3, distance=0, turn=Turn.NONE, likeness=1.0),
    ]


def test_photos_that_hash_the_same_are_pairs_with_the_first_of_them(facts_of):
    dots = []
    for number in range(4):  # other bytes, the same look
        dots.append(picture(0))
        dots[-1].putpixel((number, 0), (1, 2, 3))

    pairs = near_duplicate_pairs(facts_of(*dots, subsampling=0))

    assert [(pair.first, pair.second, pair.distance) for pair in pairs] == [
        (0, 1, 0),
        (0, 2, 0),
        (0, 3, 0),
    ]


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_photos_are_copies_only_where_their_bytes_are_the_same(facts_of, level):
    rng = np.random.default_rng(0)
    noise = rng.integers(-1, 2, size=(2, 96, 96, 3))
    blank = [Image.fromarray(np.clip(level + each, 0, 255).astype(np.uint8)) for each in noise]

    pairs = near_duplicate_pairs(facts_of(blank[0], blank[1], blank[0]))

    assert [(pair.first, pair.second) for pair in pairs] == [(0, 2)]


def test_broken_files_are_left_out(tmp_path):
    broken = [tmp_path / "a.jpg", tmp_path / "b.jpg", tmp_path / "missing.jpg"]
    for path in broken[:2]:
        path.write_bytes(b"no photo")
    good = [save(picture(0), tmp_path / "c.jpg"), save(picture(0), tmp_path / "d.png")]

    pairs = near_duplicate_pairs(photo_facts([*broken, *good], cache=tmp_path))

    assert [(pair.first, pair.second) for pair in pairs] == [(3, 4)]


def test_no_photos_make_no_pairs():
    assert near_duplicate_pairs([]) == []


@pytest.mark.parametrize("distance", [-1, 16])
def test_a_distance_that_cannot_work_is_refused(distance):
    with pytest.raises(ConfigError) as caught:
        near_duplicate_pairs([], distance=distance)

    assert str(caught.value) == f"distance={distance} must be from 0 to 15."


@pytest.mark.real
def test_copies_of_real_photos_are_found_and_other_photos_are_not(real_photos, tmp_path):
    photos = sorted((real_photos / "plantvillage-mini").rglob("*.JPG"))[::30]
    copies = []
    for number, path in enumerate(photos):
        with Image.open(path) as photo:
            turned = photo.transpose(list(Transpose)[number % 7]).resize((128, 128))
        copies.append(save(turned, tmp_path / f"{number}.jpg", quality=50))

    pairs = near_duplicate_pairs(photo_facts([*photos, *copies], cache=tmp_path))

    assert [(pair.first, pair.second) for pair in pairs] == [
        (number, len(photos) + number) for number in range(len(photos))
    ]


def test_a_crowd_that_is_nearly_the_same_has_few_pairs_and_is_one_group(facts_of):
    (fact,) = facts_of(picture(0))
    draw = np.random.default_rng(0)
    scene = draw.normal(128, 30, (16, 16, 3))
    crowd = [
        replace(
            fact,
            sha256=f"{number:064x}",
            # Correlations of 0.97: neither the same nor different.
            thumbnail=(scene + draw.normal(0, 5.3, scene.shape))
            .clip(0, 255)
            .astype("u1")
            .tobytes(),
        )
        for number in range(120)
    ]

    pairs = near_duplicate_pairs(crowd)

    partners = np.bincount([pair.second for pair in pairs])
    assert partners.tolist() == [min(number, MOST_PARTNERS) for number in range(120)]
    assert grouped(pairs) == [tuple(range(120))]
