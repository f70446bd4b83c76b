from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.auditing.made import broken, seen, subject
from transferleaf.auditing.checks import background
from transferleaf.auditing.checks.background import (
    find_background_bias,
    too_few_for_background,
)
from transferleaf.auditing.facts import photo_facts
from transferleaf.auditing.subject import Subject
from transferleaf.datasets import LeafDataset


def on_ground(level: int):
    """A photo whose border has about one grey level."""
    noise = np.random.default_rng(level).integers(-10, 11, 48)
    return seen(border=np.clip(level + noise, 0, 255).astype(np.uint8).tobytes())


def grounds(levels):
    return [on_ground(level) for level in levels]


def test_a_background_that_tells_the_class_is_a_warning():
    facts = grounds([*range(50, 80), *range(150, 180)])

    (found,) = find_background_bias(subject("a" * 30 + "b" * 30, facts))

    assert (found.check, found.severity) == ("background-bias", "warning")
    assert found.title == (
        "the colours along the border alone predict the class of 100% of the photos, "
        "where chance is 50.0%"
    )
    assert found.sure == "95% interval 100.0% to 100.0%, 5 folds by leaf, 60 photos"
    assert found.notes == {"a": "100% right", "b": "100% right"}
    assert found.figures["one in so many classes"] == 0.5


def test_a_background_that_is_the_same_for_all_classes_is_sound():
    assert list(find_background_bias(subject("ab" * 40, grounds([100] * 80)))) == []


def test_a_leaf_is_not_recognised_by_its_own_other_photos():
    # Each leaf has a background of its own, which tells nothing of other leaves.
    facts = [photo for _ in range(20) for photo in [seen()] * 5]
    leaves = [f"leaf {leaf}" for leaf in range(20) for _ in range(5)]
    classes = "".join("ab"[leaf % 2] * 5 for leaf in range(20))

    by_photo = list(find_background_bias(subject(classes, facts)))
    by_leaf = list(find_background_bias(subject(classes, facts, leaves=leaves)))

    assert [found.check for found in by_photo] == ["background-bias"]
    assert by_leaf == []


@pytest.mark.parametrize(
    ("facts", "leaves", "why"),
    [
        ([seen()] * 10 + [broken()] * 50, None, "fewer than 50 photos can be read"),
        ([seen()] * 60, ["x"] * 30 + ["y"] * 30, "there are fewer than 5 different leaves"),
        ([seen()] * 60, None, None),
    ],
)
def test_few_photos_or_leaves_say_nothing(facts, leaves, why):
    looked = subject("a" * 30 + "b" * 30, facts, leaves=leaves)

    assert too_few_for_background(looked) == why


def test_of_many_photos_whole_leaves_are_drawn(monkeypatch):
    monkeypatch.setattr(background, "_MOST_PHOTOS", 60)
    leaves = [f"leaf {number // 2}" for number in range(100)]
    facts = grounds([*range(50, 100), *range(150, 200)])

    (found,) = find_background_bias(subject("a" * 50 + "b" * 50, facts, leaves=leaves))

    assert found.figures["photos"] == 60


@pytest.mark.real
def test_the_background_of_plantvillage_tells_the_class(real_photos):
    folder = real_photos / "plantvillage-mini"
    with (real_photos / "plantvillage-mini-leaves.csv").open() as file:
        leaves = {row["file"]: row["leaf"] for row in csv.DictReader(file)}
    data = LeafDataset.from_folder(folder, leaves=leaves)
    looked = Subject(data=data, facts=photo_facts(data.paths), copies=(), alike=())

    (found,) = find_background_bias(looked)

    # Noyan et al. (2022) report 49 % from eight pixels, of 38 classes and by photo.
    assert 0.40 < found.figures["accuracy"] < 0.60
    assert found.figures["largest class"] < 0.04
