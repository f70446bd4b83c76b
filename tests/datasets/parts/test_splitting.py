from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transferleaf.datasets.parts.splitting import split_indices
from transferleaf.errors import ConfigError, SplitError

THIRDS = (0.6, 0.2, 0.2)

# No deadline, because the machine may be busy, and reproducible failures.
unhurried = settings(deadline=None, derandomize=True, max_examples=50)


@st.composite
def photos(draw):
    """Labels and groups with at least three groups per class. Some photos have no group."""
    labels, groups = [], []
    for label in range(draw(st.integers(1, 4))):
        sizes = draw(st.lists(st.integers(1, 6), min_size=3, max_size=12))
        for number, size in enumerate(sizes):
            labels += [label] * size
            groups += [None if size == 1 else f"{label}:{number}"] * size
    order = draw(st.permutations(range(len(labels))))
    return [labels[i] for i in order], [groups[i] for i in order]


@st.composite
def tangled_photos(draw):
    """Labels and groups where a group may have photos of several classes."""
    pairs = st.tuples(st.integers(0, 2), st.integers(0, 15) | st.none())
    drawn = draw(st.lists(pairs, min_size=1, max_size=80))
    return [label for label, _ in drawn], [group for _, group in drawn]


@unhurried
@given(photos(), st.integers(0, 2**32))
def test_every_photo_is_in_exactly_one_part(photos, seed):
    labels, groups = photos

    parts = split_indices(labels, groups, THIRDS, seed=seed)

    assert sorted(np.concatenate(parts).tolist()) == list(range(len(labels)))


@unhurried
@given(photos(), st.integers(0, 2**32))
def test_every_part_has_every_class(photos, seed):
    labels, groups = photos

    parts = split_indices(labels, groups, THIRDS, seed=seed)

    assert [{labels[i] for i in part} for part in parts] == [set(labels)] * 3


@unhurried
@given(photos() | tangled_photos(), st.integers(0, 2**32))
def test_no_leaf_is_in_two_parts(photos, seed):
    labels, groups = photos

    try:
        parts = split_indices(labels, groups, (0.7, 0.3), seed=seed)
    except SplitError:
        return  # too few leaves of a class; nothing was divided
    leaves = [{groups[i] for i in part} - {None} for part in parts]

    assert leaves[0] & leaves[1] == set()


@unhurried
@given(photos(), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_parts(photos, seed):
    labels, groups = photos

    first = split_indices(labels, groups, THIRDS, seed=seed)
    again = split_indices(labels, groups, THIRDS, seed=seed)

    assert [part.tolist() for part in first] == [part.tolist() for part in again]


@unhurried
@given(st.lists(st.integers(10, 80), min_size=1, max_size=5), st.integers(0, 2**32))
def test_single_photos_meet_the_fractions_of_each_class(counts, seed):
    labels = np.repeat(np.arange(len(counts)), counts)

    parts = split_indices(labels, [None] * len(labels), THIRDS, seed=seed)

    realised = np.array([np.bincount(labels[part], minlength=len(counts)) for part in parts])
    assert np.abs(realised - np.outer(THIRDS, counts)).max() <= 1.0


def test_another_seed_gives_other_parts():
    labels, groups = [0] * 50, [None] * 50

    first, second = (split_indices(labels, groups, (0.5, 0.5), seed=seed)[0] for seed in (0, 1))

    assert first.tolist() != second.tolist()


def test_a_leaf_with_photos_in_two_classes_stays_whole():
    labels = [0, 1, 0, 1, 0, 1]
    groups = ["both", "both", "b", "c", "d", "e"]

    train, test = split_indices(labels, groups, (0.5, 0.5), seed=3)

    assert {0, 1} <= set(train.tolist()) or {0, 1} <= set(test.tolist())


def test_many_small_classes_do_not_all_round_the_same_way():
    labels = np.repeat(np.arange(50), 7)

    parts = split_indices(labels, [None] * len(labels), THIRDS, seed=0)

    assert [len(part) for part in parts] == pytest.approx([210, 70, 70], abs=1)


def test_a_class_with_too_few_leaves_is_named():
    labels = ["rust"] * 4 + ["scab"] * 9 + ["mildew"]
    groups = ["a", "a", "b", "b", *[None] * 9, "c"]

    with pytest.raises(SplitError) as caught:
        split_indices(labels, groups, THIRDS, seed=0)

    assert caught.value.leaves == {"mildew": 1, "rust": 2}
    assert str(caught.value) == (
        "each of 3 parts needs a leaf of every class, but 'mildew' has 1, 'rust' has 2 "
        "(a photo without a leaf id counts as one leaf; a leaf stays in one part). "
        "Add photos of other leaves, drop these classes, or split into fewer parts."
    )


@pytest.mark.parametrize(
    ("fractions", "message"),
    [
        ((1.0,), "fractions=(1.0,) must be at least two, one for each part."),
        ((0.5, 0.6), "fractions=(0.5, 0.6) must add up to 1, not 1.1."),
        ((1.0, 0.0), "fractions=(1.0, 0.0) must all be above 0."),
        ((1.5, -0.5), "fractions=(1.5, -0.5) must all be above 0."),
        ((float("nan"), 0.5), "fractions=(nan, 0.5) must all be above 0."),
    ],
)
def test_fractions_are_positive_and_add_up(fractions, message):
    with pytest.raises(ConfigError) as caught:
        split_indices([0, 0], [None, None], fractions, seed=0)

    assert str(caught.value) == message


@pytest.mark.parametrize("fractions", [("0.5", "0.5"), (None, 0.5), ([0.5], [0.5])])
def test_fractions_are_numbers(fractions):
    with pytest.raises(ConfigError) as caught:
        split_indices([0, 0], [None, None], fractions, seed=0)

    assert str(caught.value) == f"fractions={fractions!r} must be numbers."


@pytest.mark.parametrize("seed", [None, 0.5, True, "1"])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ConfigError) as caught:
        split_indices([0, 0], [None, None], (0.5, 0.5), seed=seed)

    assert str(caught.value) == (
        f"seed={seed!r} must be a whole number, so that the split can be repeated."
    )


def test_a_seed_is_not_negative():
    with pytest.raises(ConfigError, match="seed=-1 must be at least 0"):
        split_indices([0, 0], [None, None], (0.5, 0.5), seed=-1)


def test_thirds_add_up_despite_rounding():
    parts = split_indices([0] * 9, [None] * 9, (1 / 3, 1 / 3, 1 / 3), seed=0)

    assert [len(part) for part in parts] == [3, 3, 3]
