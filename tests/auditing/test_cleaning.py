from __future__ import annotations

import pytest

from tests.auditing.made import broken, dataset, seen
from transferleaf.auditing.cleaning import Removal
from transferleaf.auditing.running import run_checks
from transferleaf.auditing.subject import joined
from transferleaf.errors import ConfigError

ONE, TWO = seen(), seen()

# Photos 0 and 1 are equal, 2 and 5 are one file under two labels, 3 is broken.
DATA = dataset("aaaabb")
FACTS = [ONE, ONE, TWO, broken(), seen(), TWO]


def test_only_what_is_certainly_wrong_is_left_out():
    clean = run_checks(DATA, FACTS).clean(DATA)

    assert clean.names == ("a/1.jpg", "b/4.jpg")
    assert clean.classes == DATA.classes


def test_each_rule_says_what_it_leaves_out():
    removals = run_checks(DATA, FACTS).removals()

    assert removals == (
        Removal(check="broken-files", why="they cannot be read", photos=("a/3.jpg",)),
        Removal(
            check="one-photo-two-labels",
            why="all copies, as nobody knows which label is right",
            photos=("a/2.jpg", "b/5.jpg"),
        ),
        Removal(
            check="exact-duplicates",
            why="all copies but the last, so that a published test part stays as it is",
            photos=("a/0.jpg",),
        ),
    )


def test_a_sound_data_set_stays_whole():
    data = dataset("aabb")
    found = run_checks(data, [seen() for _ in range(4)])

    assert found.removals() == ()
    assert found.clean(data).names == data.names


def test_the_copy_in_test_stays():
    data = dataset("aab", parts=["train", "test", "test"])

    clean = run_checks(data, [ONE, ONE, seen()]).clean(data)

    assert clean.names == ("a/1.jpg", "b/2.jpg")
    assert clean.parts == ("test", "test")


def test_a_split_is_cleaned_with_its_parts():
    split = dataset("abab", parts=["train", "train", "test", "test"]).split()
    found = run_checks(joined(split), [seen(), broken(), seen(), seen()])

    clean = found.clean(split)

    assert clean.names == ("a/0.jpg", "a/2.jpg", "b/3.jpg")
    assert clean.parts == ("train", "test", "test")


def test_other_photos_are_refused():
    found = run_checks(DATA, FACTS)

    with pytest.raises(ConfigError) as caught:
        found.clean(dataset("ab"))

    assert str(caught.value) == (
        "data=LeafDataset(2 photos, 2 classes, from made by hand) "
        "must be what was audited: made by hand."
    )
