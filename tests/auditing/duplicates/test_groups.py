from __future__ import annotations

import pytest
from PIL import Image

from tests.datasets.picturing import picture, save
from transferleaf.auditing.duplicates import (
    DuplicatePair,
    Turn,
    grouped,
    near_duplicate_groups,
)
from transferleaf.auditing.facts import photo_facts
from transferleaf.errors import ConfigError


def pair(first, second, likeness=0.97, turn=Turn.NONE):
    return DuplicatePair(first=first, second=second, distance=3, turn=turn, likeness=likeness)


@pytest.mark.parametrize(
    ("pairs", "groups"),
    [
        ([], []),
        ([(0, 1)], [(0, 1)]),
        ([(3, 7), (0, 5)], [(0, 5), (3, 7)]),
        ([(0, 1), (0, 2), (1, 2)], [(0, 1, 2)]),
        ([(1, 2), (0, 2), (0, 1)], [(0, 1, 2)]),
    ],
)
def test_photos_of_pairs_are_grouped(pairs, groups):
    assert grouped(pair(*positions) for positions in pairs) == groups


def test_a_chain_is_not_followed():
    assert grouped([pair(0, 1), pair(1, 2), pair(2, 3), pair(3, 4)]) == [(0, 1), (2, 3)]


def test_a_photo_is_in_one_group_only():
    assert grouped([pair(0, 2), pair(1, 2)]) == [(0, 2)]


def test_what_looks_the_same_as_a_member_follows_it():
    assert grouped([pair(0, 1), pair(1, 2, likeness=0.99)]) == [(0, 1, 2)]


def test_what_looks_the_same_as_a_follower_does_not_follow_it():
    chain = [pair(0, 1), pair(1, 2, likeness=0.99), pair(2, 3, likeness=0.99)]

    assert grouped(chain) == [(0, 1, 2)]


def test_a_mirrored_look_is_not_the_same_look():
    assert grouped([pair(0, 1), pair(1, 2, likeness=0.99, turn=Turn.MIRRORED)]) == [(0, 1)]


def test_copies_of_all_kinds_are_one_group(tmp_path):
    photo = picture(0)
    paths = [
        save(picture(1), tmp_path / "other.png"),
        save(photo, tmp_path / "photo.png"),
        save(photo, tmp_path / "exact.png"),
        save(photo.transpose(Image.Transpose.ROTATE_90), tmp_path / "turned.jpg"),
        save(picture(2), tmp_path / "another.png"),
        save(photo.resize((50, 50)), tmp_path / "small.jpg"),
    ]

    groups = near_duplicate_groups(photo_facts(paths, cache=tmp_path))

    assert groups == [(1, 2, 3, 5)]


def test_a_distance_that_cannot_work_is_refused():
    with pytest.raises(ConfigError) as caught:
        near_duplicate_groups([], distance=99)

    assert str(caught.value) == "distance=99 must be from 0 to 15."


@pytest.mark.real
def test_photos_of_bare_steel_do_not_collapse_into_groups(real_photos, tmp_path):
    photos = sorted((real_photos / "dissimilar-mini").rglob("*.*"))[::2]

    groups = near_duplicate_groups(photo_facts(photos, cache=tmp_path))

    assert groups == []
