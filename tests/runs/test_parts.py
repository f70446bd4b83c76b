from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError, SplitError
from transferleaf.runs.parts import three_parts


@pytest.fixture
def leaves():
    """Makes 40 photos of two classes, two of each leaf, with the publisher's parts if given."""

    def make(*parts: str, photos: int = 40):
        return LeafDataset(
            paths=tuple(Path(f"{number % 2}/{number}.jpg") for number in range(photos)),
            labels=np.arange(photos) % 2,
            classes=("a", "b"),
            leaves=tuple(f"leaf {number // 4}{number % 2}" for number in range(photos)),
            origin="made",
            parts=tuple(parts[number // 4 % len(parts)] for number in range(photos))
            if parts
            else (),
        )

    return make


def test_photos_without_parts_are_divided_by_leaf(leaves):
    split, told = three_parts(leaves(), val=0.2, test=0.2, seed=3)

    assert split.names == ("train", "val", "test")
    assert [len(part) for part in split] == [24, 8, 8]
    assert split.leaked() == 0
    assert told == "The photos were divided by leaf, with seed 3."


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (["train", "val", "test"], "The published parts were kept (train, val, test)."),
        (
            ["train", "test"],
            "The published parts were kept (train, test); val was taken from train, by leaf.",
        ),
        (
            ["train", "val"],
            "The published parts were kept (train, val); test was taken from train, by leaf.",
        ),
    ],
)
def test_published_parts_are_kept_and_completed_from_train(leaves, parts, told):
    data = leaves(*parts)
    published = {name: set(part.paths) for name, part in zip(parts, data.split(), strict=True)}

    split, found = three_parts(data, val=0.2, test=0.2, seed=0)

    assert found == told
    kept = {name: set(part.paths) for name, part in zip(split.names, split, strict=True)}
    assert {name: kept[name] for name in parts if name != "train"} == {
        name: published[name] for name in parts if name != "train"
    }
    assert kept["train"] <= published["train"]
    assert sum(map(len, kept.values())) == len(data)
    assert split.leaked() == 0


@pytest.mark.parametrize("parts", [["val", "test"], ["train", "test", "extra"]])
def test_other_parts_are_refused(leaves, parts):
    with pytest.raises(ConfigError, match="have a train part and no others than val and test"):
        three_parts(leaves(*parts), val=0.2, test=0.2, seed=0)


def test_photos_whose_leaf_is_unknown_are_not_said_to_be_divided_by_leaf(leaves):
    data = leaves()
    some = replace(data, leaves=(None, *data.leaves[1:]))

    assert three_parts(data.with_leaves(None), val=0.2, test=0.2, seed=0)[1] == (
        "The photos were divided by photo, as no leaf is known, with seed 0."
    )
    assert three_parts(some, val=0.2, test=0.2, seed=0)[1] == (
        "The photos were divided by leaf, and by photo where the leaf is unknown (1 photo), with "
        "seed 0."
    )


def test_too_few_leaves_are_an_error(leaves):
    with pytest.raises(SplitError, match="each of 3 parts needs a leaf of every class"):
        three_parts(leaves(photos=8), val=0.2, test=0.2, seed=0)
