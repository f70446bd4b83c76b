from __future__ import annotations

import numpy as np
import pytest

from tests.auditing.made import broken, dataset, seen, subject
from transferleaf.auditing.subject import Subject, joined, joined_groups
from transferleaf.errors import ConfigError


def test_facts_of_other_photos_are_refused():
    with pytest.raises(ConfigError) as caught:
        Subject(data=dataset("ab"), facts=(seen(),), copies=(), alike=())

    assert str(caught.value) == "facts='1 facts' must be those of the 2 photos."


def test_equal_files_are_found():
    twin = seen()

    looked = Subject.compare(dataset("aab"), (twin, seen(), twin))

    assert looked.copies == ((0, 2),)
    assert looked.alike == ((0, 2),)


def test_broken_photos_have_no_values():
    looked = subject("aab", [seen(width=300), broken(), seen(width=200)])

    assert looked.readable.tolist() == [0, 2]
    assert np.isnan(looked.values("width")).tolist() == [False, True, False]


def test_photos_of_one_leaf_and_those_that_look_the_same_stay_together():
    groups = joined_groups([None, "x", "x", "y", None], ((0, 1), (3, 4)))

    assert groups.tolist() == [0, 0, 0, 3, 3]


def test_groups_that_share_a_photo_become_one():
    assert joined_groups(["x", "y", "x", "y"], ((1, 2),)).tolist() == [0, 0, 0, 0]


def test_a_data_set_stays_as_it_is():
    data = dataset("aabb")

    assert joined(data) is data


def test_the_parts_of_a_split_become_parts_of_the_photos():
    data = dataset("aabb", leaves=["w", "x", "y", "z"])
    split = data.split(0.5, 0.5, seed=0)

    whole = joined(split)

    assert whole.parts == ("train", "train", "test", "test")
    assert sorted(whole.names) == sorted(data.names)
    assert whole.class_counts() == data.class_counts()
    assert sorted(whole.leaves) == ["w", "x", "y", "z"]


def test_the_origin_of_a_published_split_loses_the_part():
    data = dataset("abab", parts=["train", "train", "test", "test"])

    assert joined(data.split()) == data
