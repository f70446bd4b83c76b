from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.picturing import picture
from transferleaf.auditing.facts.perceptual_hash import perceptual_hash


def grey(seed):
    return np.asarray(picture(seed, (32, 32)).convert("L"))


def differing(first, second):
    return bin(int.from_bytes(first, "big") ^ int.from_bytes(second, "big")).count("1")


def test_a_hash_has_64_bits_of_which_the_first_is_0():
    hashed = perceptual_hash(255 - grey(0))

    assert len(hashed) == 8
    assert hashed[0] < 128


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (lambda levels: levels // 2 + 30, 3),
        (lambda levels: np.clip(levels * 1.1, 0, 255).astype(np.uint8), 4),
        (lambda levels: levels + np.uint8(1) * (np.indices(levels.shape).sum(axis=0) % 2 == 0), 3),
    ],
    ids=["contrast and brightness", "brighter and clipped", "noise"],
)
def test_small_changes_change_few_bits(change, most):
    levels = np.clip(grey(1), 5, 250)

    assert differing(perceptual_hash(levels), perceptual_hash(change(levels))) <= most


@pytest.mark.parametrize("seed", range(1, 6))
def test_other_pictures_differ_in_many_bits(seed):
    assert differing(perceptual_hash(grey(0)), perceptual_hash(grey(seed))) > 15


def test_a_picture_and_its_negative_differ_in_all_bits_but_the_first():
    levels = grey(2)

    assert differing(perceptual_hash(levels), perceptual_hash(255 - levels)) == 63
