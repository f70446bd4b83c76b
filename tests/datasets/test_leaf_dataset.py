from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tests.datasets.painting import paint, paint_all
from transferleaf.auditing import likeness
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError, FolderLayoutError, LeafDatasetError, LeafMapError

DRAWN = [
    "Mint___rust/leaf0001_photo1.jpg",
    "Mint___rust/leaf0001_photo2.jpg",
    "Mint___rust/leaf0002_photo1.jpg",
    "Sage___healthy/IMG_1.jpg",
]


def dataset(**changed):
    parts = {
        "paths": (Path("a/1.jpg"), Path("a/2.jpg"), Path("b/1.jpg")),
        "labels": np.array([0, 0, 1]),
        "classes": ("a", "b"),
        "leaves": ("x", "x", None),
        "origin": "here",
    }
    return LeafDataset(**{**parts, **changed})


def test_class_folders_become_a_dataset(tmp_path):
    paint_all(tmp_path, DRAWN)

    data = LeafDataset.from_folder(tmp_path)

    assert data.classes == ("Mint___rust", "Sage___healthy")
    assert data.names == tuple(DRAWN)
    assert data.labels.tolist() == [0, 0, 0, 1]
    assert data.leaves == ("Mint___rust:leaf0001",) * 2 + ("Mint___rust:leaf0002", None)
    assert data.origin == f"{tmp_path}; leaf ids: drawn leaf (3), unknown (1)"


def test_a_map_beside_the_photos_gives_leaves(tmp_path):
    paint_all(tmp_path, DRAWN)
    (tmp_path / "leaves.csv").write_text("file,leaf\n" + "".join(f"{n},L\n" for n in DRAWN))

    data = LeafDataset.from_folder(str(tmp_path), leaves=tmp_path / "leaves.csv")

    assert data.leaves == ("L",) * 4


def test_a_map_must_cover_the_photos(tmp_path):
    paint_all(tmp_path, DRAWN)

    with pytest.raises(LeafMapError, match="lacks 3 of 4 photos"):
        LeafDataset.from_folder(tmp_path, leaves={DRAWN[0]: "L"})


def test_the_error_for_a_split_folder_names_its_reader(tmp_path):
    paint_all(tmp_path, ["train/a/1.png", "train/b/1.png", "val/a/1.png"])

    with pytest.raises(FolderLayoutError, match=r"LeafDataset\.from_split_folders"):
        LeafDataset.from_folder(tmp_path)


def test_other_files_show_in_the_repr(tmp_path):
    paint_all(tmp_path, DRAWN)
    (tmp_path / "Mint___rust/notes.txt").touch()

    data = LeafDataset.from_folder(tmp_path, leaves=None)

    assert repr(data) == (
        "LeafDataset(4 photos, 2 classes, 2 crops, 1 file left out: "
        "'Mint___rust/notes.txt', "
        f"from {tmp_path}; leaf ids: unknown (4))"
    )


def test_the_repr_counts_what_is_known():
    assert repr(dataset()) == "LeafDataset(3 photos, 2 classes, 1 leaves, from here)"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"labels": np.array([0, 0, 2])},
            "labels that hold 2 for 2 classes; labels are in [0, 2).",
        ),
        (
            {"labels": np.array([0, -1, 1])},
            "labels that hold -1 for 2 classes; labels are in [0, 2).",
        ),
        (
            {"labels": np.array([0, 1])},
            "labels that have the shape (2,) for 3 photos; give one label each.",
        ),
        (
            {"labels": np.array([0.0, 0.5, 1.0])},
            "labels that are float64; give class indices as integers.",
        ),
        (
            {"leaves": ("x",)},
            "leaves that number 1 for 3 photos; give each photo a leaf id or None.",
        ),
        (
            {"names": ("a/1.jpg",)},
            "names that number 1 for 3 photos; give each photo a name, or give none.",
        ),
        (
            {"parts": ("train", "test")},
            "parts that number 2 for 3 photos; give each photo a part, or give none.",
        ),
        ({"classes": ("a", "a")}, "classes that name 'a' twice; name each once."),
    ],
)
def test_parts_that_do_not_fit_are_refused(changed, message):
    with pytest.raises(LeafDatasetError) as caught:
        dataset(**changed)

    assert str(caught.value) == f"a LeafDataset cannot have {message}"


@pytest.mark.parametrize("leaf", ["", 0, float("nan")])
def test_a_leaf_is_a_text_or_unknown(leaf):
    with pytest.raises(LeafDatasetError) as caught:
        dataset(leaves=("x", leaf, None))

    assert str(caught.value) == (
        f"a LeafDataset cannot have leaves that hold {leaf!r}; "
        "give texts, or None if the leaf is unknown."
    )


def test_labels_cannot_be_changed():
    labels = np.array([0, 0, 1])
    data = dataset(labels=labels)

    labels[0] = 1

    assert data.labels.tolist() == [0, 0, 1]
    with pytest.raises(ValueError, match="read-only"):
        data.labels[0] = 1


def test_a_dataset_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        dataset().origin = "there"


def test_an_empty_dataset_is_allowed():
    data = dataset(paths=(), labels=np.array([]), leaves=())

    assert len(data) == 0
    assert data.class_counts() == {"a": 0, "b": 0}


def test_equal_parts_are_equal():
    assert dataset() == dataset()
    assert hash(dataset()) == hash(dataset())


@pytest.mark.parametrize(
    "changed",
    [
        {"labels": np.array([0, 1, 1])},
        {"leaves": (None,) * 3},
        {"classes": ("a", "c")},
        {"origin": "there"},
        {"names": ("a/1.jpg", "a/2.jpg", "b/2.jpg")},
        {"parts": ("train",) * 3},
    ],
)
def test_any_other_part_makes_a_difference(changed):
    assert dataset() != dataset(**changed)


def test_a_dataset_differs_from_other_values():
    assert dataset() != "a dataset"


def test_classes_are_counted_in_their_order():
    assert dataset(classes=("a", "b", "empty")).class_counts() == {"a": 2, "b": 1, "empty": 0}


def test_crops_are_unique_and_from_the_class_names():
    classes = ("Mint___rust", "Sage___healthy", "Mint___healthy", "steel")

    assert dataset(classes=classes).crops == ("Mint", "Sage")


def test_a_subset_keeps_classes_and_order():
    part = dataset().subset([2, 0])

    assert part == dataset(
        paths=(Path("b/1.jpg"), Path("a/1.jpg")),
        labels=np.array([1, 0]),
        leaves=(None, "x"),
    )


def test_a_subset_remembers_which_files_were_left_out():
    data = dataset(ignored=(Path("a/notes.txt"),))

    assert data.subset([0, 1, 2]) == data
    assert data.subset([1]).ignored == data.ignored


def test_texts_and_lists_become_paths_and_tuples():
    given = dataset(
        paths=["a/1.jpg", "a/2.jpg", "b/1.jpg"],
        classes=list(dataset().classes),
        leaves=list(dataset().leaves),
        ignored=["a/notes.txt"],
    )

    assert given == dataset(ignored=(Path("a/notes.txt"),))
    assert hash(given) == hash(dataset(ignored=(Path("a/notes.txt"),)))


def test_names_are_those_of_folders_where_none_are_given():
    paths = (Path("/far/a/1.jpg"), Path("a/2.jpg"), Path("b/cafe\u0301.jpg"))

    assert dataset(paths=paths).names == ("a/1.jpg", "a/2.jpg", "b/caf\u00e9.jpg")


def test_a_subset_keeps_names_and_parts():
    data = dataset(names=("x", "y", "z"), parts=("train", "val", "train"))

    part = data.subset([2, 1])

    assert part.names == ("z", "y")
    assert part.parts == ("train", "val")


def test_pooling_removes_only_the_parts():
    data = dataset(parts=("train", "val", "train"), ignored=(Path("a/notes.txt"),))

    assert data.pooled() == dataset(ignored=(Path("a/notes.txt"),))


def test_leaves_can_be_replaced():
    data = dataset(
        paths=tuple(map(Path, DRAWN[:3])), classes=("Mint___rust", "b"), labels=[0, 0, 0]
    )

    again = data.with_leaves("auto")

    assert again.leaves == ("Mint___rust:leaf0001", "Mint___rust:leaf0001", "Mint___rust:leaf0002")
    assert again.origin == "here; leaf ids: drawn leaf (3)"
    assert again.paths == data.paths


def test_likeness_keeps_the_leaves_that_are_known(monkeypatch):
    monkeypatch.setattr(
        likeness, "leaves_by_likeness", lambda paths, names, leaves: (*leaves[:2], "looks like it")
    )

    again = dataset(parts=("train",) * 3).with_leaves("near-duplicates")

    assert again.leaves == ("x", "x", "looks like it")
    assert again.parts == ("train",) * 3
    assert again.origin == "here; leaf ids: known before (2), near-duplicates (1)"


def test_a_subset_may_be_empty():
    assert len(dataset().subset([])) == 0


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([0, 3], "indices=[0, 3] must be in [0, 3)."),
        ([-1], "indices=[-1] must be in [0, 3)."),
        ([True, False, True], "indices=[True, False, True] must be a list of whole numbers."),
        ([0.0], "indices=[0.0] must be a list of whole numbers."),
    ],
)
def test_a_subset_takes_positions_of_photos(indices, message):
    with pytest.raises(ConfigError) as caught:
        dataset().subset(indices)

    assert str(caught.value) == message


def test_the_fingerprint_does_not_depend_on_the_place(tmp_path):
    here, there = (paint_all(tmp_path / place, DRAWN) for place in ("here", "there"))

    first, second = LeafDataset.from_folder(here), LeafDataset.from_folder(there, leaves=None)

    assert first.fingerprint() == second.fingerprint()


@pytest.mark.parametrize(
    "changed",
    [
        {"labels": np.array([0, 1, 1])},
        {"classes": ("a", "c")},
        {"paths": (Path("a/1.jpg"), Path("a/2.jpg"), Path("b/2.jpg"))},
    ],
)
def test_the_fingerprint_depends_on_photos_and_labels(changed):
    assert dataset().fingerprint() != dataset(**changed).fingerprint()


def test_the_fingerprint_never_changes():
    assert dataset().fingerprint() == (
        "55be41018e62fb50580734e2cd00bafd1cf2798497fb013f604b36435e81f795"
    )


def test_a_name_with_invalid_unicode_has_a_fingerprint():
    paths = (Path("a/\udcff.jpg"), Path("a/2.jpg"), Path("b/1.jpg"))

    assert len(dataset(paths=paths).fingerprint()) == 64


def test_a_photo_is_read_by_position(tmp_path):
    path = paint(tmp_path / "a/1.png", (10, 20, 30))
    data = dataset(paths=(path, path, path))

    assert data.read(1, 4).tolist() == np.full((4, 4, 3), (10, 20, 30)).tolist()


@pytest.mark.real
def test_all_plantvillage_photos_are_found(real_photos):
    data = LeafDataset.from_folder(real_photos / "plantvillage-mini")

    assert (len(data), len(data.classes), len(data.crops)) == (2994, 30, 10)
    assert None not in data.leaves
    assert data.ignored == ()


@pytest.mark.real
@pytest.mark.parametrize("folder", ["field-mini", "dissimilar-mini"])
def test_other_real_photos_are_read(real_photos, folder):
    data = LeafDataset.from_folder(real_photos / folder)

    pixels = data.read(len(data) - 1, (32, 48))

    assert pixels.shape == (32, 48, 3)
    assert pixels.std() > 5
