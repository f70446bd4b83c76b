from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.datasets.picturing import picture
from transferleaf.auditing.duplicates import near_duplicate_groups, near_duplicate_pairs
from transferleaf.auditing.duplicates.looks import looks_of
from transferleaf.auditing.duplicates.stand_ins import stand_ins
from transferleaf.auditing.facts import PhotoFacts


def facts(seed, *, changed_bits=(), noise=0, number=0):
    """Facts as of a photo of picture ``seed``: some bits of its hash and its thumbnail changed."""
    bits = np.random.default_rng(seed).integers(0, 2, 64)
    bits[list(changed_bits)] ^= 1
    levels = np.asarray(picture(seed, (16, 16)), np.int16)
    rng = np.random.default_rng(1000 + number)
    levels = levels + rng.integers(-noise, noise + 1, levels.shape)
    return PhotoFacts(
        sha256=f"{seed} {number}",
        nbytes=1,
        perceptual_hash=np.packbits(bits).tobytes(),
        thumbnail=np.clip(levels, 0, 255).astype(np.uint8).tobytes(),
    )


def standing(*photos, distance=7):
    return stand_ins(looks_of(photos, without=()), distance=distance).tolist()


@pytest.mark.parametrize(
    ("changed_bits", "expected"),
    [
        ((), [0, 0]),
        ((5,), [0, 0]),
        ((5, 6, 7), [0, 0]),
        ((5, 25, 45), [0, 0]),  # in three of the four bands
        ((5, 6, 7, 8), [0, 1]),
    ],
)
def test_the_first_stands_for_a_photo_of_nearly_the_same_hash(changed_bits, expected):
    assert standing(facts(0), facts(0, changed_bits=changed_bits)) == expected


def test_a_smaller_distance_counts():
    assert standing(facts(0), facts(0, changed_bits=[5]), distance=0) == [0, 1]


def test_another_look_is_not_stood_for_whatever_its_hash():
    other = replace(facts(0), thumbnail=facts(1).thumbnail)

    assert standing(facts(0), other) == [0, 1]


def test_one_that_stands_for_others_stands_for_itself():
    # The third meets the second in the lowest band; the second meets the first in another.
    photos = [
        facts(0, changed_bits=[63]),
        facts(0, changed_bits=[0]),
        facts(0, changed_bits=[0, 1]),
    ]

    assert standing(*photos) == [0, 0, 0]


def test_of_no_photos_none_stands_for_another():
    assert standing() == []


def test_a_crowd_has_as_many_pairs_as_copies():
    rng = np.random.default_rng(0)
    crowd = [
        facts(0, changed_bits=rng.choice(64, number % 4, replace=False), noise=2, number=number)
        for number in range(300)
    ]

    pairs = near_duplicate_pairs([facts(0), *crowd, facts(1)])

    assert len(pairs) == 300
    assert near_duplicate_groups([facts(0), *crowd, facts(1)]) == [tuple(range(301))]
