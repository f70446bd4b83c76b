from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from transferleaf.datasets import LeafDataset, join, relabel
from transferleaf.errors import ClassMismatchError, ConfigError, LeafDatasetError


def photos(folder="x", **changed):
    names = ("a/1.jpg", "b/1.jpg", "c/1.jpg", "a/2.jpg")
    parts = {
        "paths": tuple(Path(folder, name) for name in names),
        "labels": np.array([0, 1, 2, 0]),
        "classes": ("a", "b", "c"),
        "leaves": ("L1", "L2", None, "L1"),
        "origin": f"folder {folder}",
        "names": names,
    }
    return LeafDataset(**{**parts, **changed})


def test_classes_get_other_names_in_their_order():
    data = relabel(photos(), {"a": "rust", "b": "mildew", "c": "scab"})

    assert data.classes == ("mildew", "rust", "scab")
    assert data.labels.tolist() == [1, 0, 2, 1]
    assert data.names == photos().names
    assert data.leaves == photos().leaves
    assert data.origin == "folder x; relabelled"


def test_several_classes_may_become_one():
    data = relabel(photos(), {"a": "sick", "b": "sick", "c": "healthy"})

    assert data.class_counts() == {"healthy": 1, "sick": 3}


def test_photos_of_a_class_may_be_left_out():
    data = relabel(photos(ignored=(Path("notes.txt"),)), {"a": None, "b": "mildew", "c": "scab"})

    assert data.names == ("b/1.jpg", "c/1.jpg")
    assert data.labels.tolist() == [0, 1]
    assert data.ignored == (Path("notes.txt"),)
    assert data.origin == "folder x; relabelled, 2 photos left out"


def test_parts_stay_with_their_photos():
    data = photos(parts=("train", "train", "test", "test"))

    assert relabel(data, {"a": None, "b": "b", "c": "c"}).parts == ("train", "test")


def test_the_classes_of_a_classifier_can_be_requested():
    mapping = {"a": "rust", "b": "rust", "c": None}

    data = relabel(photos(), mapping, classes=("scab", "rust"))

    assert data.class_counts() == {"scab": 0, "rust": 3}


def test_a_class_without_photos_need_not_be_named():
    data = photos(classes=("a", "b", "c", "empty"))

    assert relabel(data, {"a": "a", "b": "b", "c": "c"}).classes == ("a", "b", "c")


@pytest.mark.parametrize(
    ("label_map", "classes", "message"),
    [
        (
            {"a": "x", "b": "y", "c": "z", "d": "x"},
            None,
            "label_map=['d'] must contain only classes of the data set: 'a', 'b', 'c'.",
        ),
        (
            {"a": "x"},
            None,
            "label_map={'a': 'x'} must contain every class of the data set; missing: 'b', 'c'.",
        ),
        (
            {"a": "x", "b": "y", "c": "z"},
            ("x", "y"),
            "classes=('x', 'y') must contain all new names; missing: 'z'.",
        ),
    ],
    ids=["unknown class", "class not named", "new name not among classes"],
)
def test_a_label_map_must_fit(label_map, classes, message):
    with pytest.raises(ConfigError) as caught:
        relabel(photos(), label_map, classes=classes)

    assert str(caught.value) == message


def test_joined_data_sets_keep_photos_apart():
    data = join(photos("x"), photos("y"))

    assert data.names == tuple(f"{n}/{name}" for n in (1, 2) for name in photos().names)
    assert data.leaves == ("1/L1", "1/L2", None, "1/L1", "2/L1", "2/L2", None, "2/L1")
    assert data.paths == photos("x").paths + photos("y").paths
    assert data.origin == "joined: 1/ folder x, 2/ folder y"


def test_classes_may_come_in_another_order():
    data = join(photos("x"), photos("y", classes=("c", "b", "a")), photos("z"))

    assert data.classes == ("a", "b", "c")
    assert data.labels.tolist() == [0, 1, 2, 0, 2, 1, 0, 2, 0, 1, 2, 0]


def test_parts_and_ignored_files_come_along():
    parts = ("train", "train", "test", "test")
    notes, more = (Path("notes.txt"),), (Path("notes.txt"), Path("data.csv"))

    data = join(photos("x", parts=parts, ignored=notes), photos("y", parts=parts, ignored=more))

    assert data.parts == parts * 2
    assert data.ignored == more


def test_other_classes_are_refused():
    with pytest.raises(ClassMismatchError) as caught:
        join(photos("x"), photos("y", classes=("a", "b", "d")))

    assert str(caught.value) == (
        "the classes of data set 2 differ from data set 1's: missing ['c'], unknown ['d']; "
        "give both the same classes; relabel() renames them or leaves them out."
    )


def test_a_photo_in_two_data_sets_is_refused():
    with pytest.raises(LeafDatasetError) as caught:
        join(photos("x"), photos("y"), photos("x").subset([1]))

    assert str(caught.value) == (
        "a LeafDataset cannot have photos that come from two data sets: 'x/b/1.jpg'; "
        "join data sets without common photos."
    )


def test_parts_of_only_some_are_refused():
    with pytest.raises(LeafDatasetError) as caught:
        join(photos("x"), photos("y", parts=("train", "train", "test", "test")))

    assert str(caught.value) == (
        "a LeafDataset cannot have parts that only data sets [2] of those joined bring; "
        "pooled() removes parts."
    )


def test_a_map_that_leaves_all_classes_out_is_refused():
    with pytest.raises(ConfigError) as caught:
        relabel(photos(), {"a": None, "b": None, "c": None})

    assert str(caught.value) == (
        "label_map={'a': None, 'b': None, 'c': None} must keep at least one class."
    )


def test_a_photo_is_recognised_by_another_spelling_of_its_path():
    with pytest.raises(LeafDatasetError, match="come from two data sets"):
        join(photos("x"), photos(Path("y", "..", "x").absolute()))
