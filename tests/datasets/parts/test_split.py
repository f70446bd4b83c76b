from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.split import Split
from transferleaf.errors import ClassMismatchError, ConfigError, ManifestError, SplitError


def leaf_photos(classes=2, leaves=10, photos=4, known=True):
    """A number of photos of a number of leaves in each class, without files."""
    labelled = [(c, leaf) for c in range(classes) for leaf in range(leaves) for _ in range(photos)]
    return LeafDataset(
        paths=tuple(Path(f"class{c}/{n}.jpg") for n, (c, _) in enumerate(labelled)),
        labels=np.array([c for c, _ in labelled]),
        classes=tuple(f"class{c}" for c in range(classes)),
        leaves=tuple(f"{c}:{leaf}" if known else None for c, leaf in labelled),
        origin="nowhere",
    )


def test_three_parts_unpack():
    data = leaf_photos()

    train, val, test = data.split(0.6, 0.2, 0.2, seed=0)

    assert [len(part) for part in (train, val, test)] == [48, 16, 16]
    assert sorted(train.paths + val.paths + test.paths) == sorted(data.paths)
    assert train.classes == val.classes == test.classes == data.classes


@pytest.mark.parametrize(
    ("fractions", "names"),
    [
        ((0.8, 0.2), ("train", "test")),
        ((0.6, 0.2, 0.2), ("train", "val", "test")),
        ((0.4, 0.2, 0.2, 0.2), ("part 1", "part 2", "part 3", "part 4")),
    ],
)
def test_parts_have_names(fractions, names):
    assert leaf_photos().split(*fractions).names == names


def test_a_split_is_a_sequence_of_datasets():
    split = leaf_photos().split(0.5, 0.5)

    assert len(split) == 2
    assert split[-1] is split.parts[1]
    assert split[:1] == (split.parts[0],)
    assert split.parts[0] in split


def test_a_seed_is_part_of_the_value():
    data = leaf_photos()

    assert data.split(0.5, 0.5, seed=1) == data.split(0.5, 0.5, seed=1)
    assert data.split(0.5, 0.5, seed=1) != data.split(0.5, 0.5, seed=2)


def test_an_error_names_the_class():
    with pytest.raises(SplitError, match="but 'class0' has 2, 'class1' has 2"):
        leaf_photos(leaves=2).split(0.6, 0.2, 0.2)


def test_a_split_by_leaf_leaks_nothing_and_a_naive_one_does():
    split = leaf_photos().split(0.5, 0.5, seed=0)

    assert split.leaked() == 0
    assert split.leaked_by_naive_split() > 30


def test_every_pair_of_parts_is_looked_at():
    data = replace(leaf_photos(classes=1, leaves=3, photos=2), parts=tuple("abcbca"))

    leaks = data.split().leaks()

    assert leaks.by_pair == {("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 1}
    assert leaks.by_part == (0, 1, 2)


def test_a_naive_split_is_counted_for_every_pair_of_parts():
    leaks = leaf_photos().split(0.6, 0.2, 0.2).leaks_of_naive_split()

    assert min(leaks.by_pair.values()) > 0
    assert leaks.photos == sum(leaks.by_part)


def test_unknown_leaves_cannot_be_counted():
    assert leaf_photos(known=False).split(0.5, 0.5).leaked_by_naive_split() == 0


def test_the_repr_counts_photos():
    assert repr(leaf_photos().split(0.75, 0.25)) == "Split(train: 60 photos, test: 20 photos)"


def test_folders_give_a_split(tmp_path):
    paint_all(
        tmp_path,
        [
            "train/a/leaf0001_photo1.jpg",
            "train/b/leaf0001_photo1.jpg",
            "Valid/a/leaf0001_photo2.jpg",
            "Valid/a/leaf0002_photo1.jpg",
        ],
    )

    split = LeafDataset.from_split_folders(tmp_path)

    assert isinstance(split, Split)
    assert split.names == ("train", "val")
    assert split.fractions == (0.5, 0.5)
    assert split[1].classes == ("a", "b")
    assert split[1].names == (
        "Valid/a/leaf0001_photo2.jpg",
        "Valid/a/leaf0002_photo1.jpg",
    )
    assert split[1].origin == f"{tmp_path}; leaf ids: drawn leaf (4) (val)"
    assert split.leaked() == 1


def test_a_map_names_photos_of_split_folders_with_their_part(tmp_path):
    names = ["train/a/1.jpg", "train/b/1.jpg", "test/a/1.jpg"]
    paint_all(tmp_path, names)

    split = LeafDataset.from_split_folders(tmp_path, leaves=dict(zip(names, "xyx", strict=True)))

    assert [part.leaves for part in split] == [("x", "y"), ("x",)]


def test_published_parts_are_kept():
    data = replace(leaf_photos(leaves=2, photos=2), parts=("train", "test") * 4)

    split = data.split()

    assert split.names == ("train", "test")
    assert split.seed is None
    assert split[0].names == data.names[::2]
    assert [part.parts for part in split] == [(), ()]


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        (("test", "train"), ("train", "test")),
        (("test", "val", "train", "train"), ("train", "val", "test")),
        (("fold 2", "fold 1"), ("fold 2", "fold 1")),
        (("field", "test", "train", "field"), ("train", "test", "field")),
    ],
)
def test_the_order_of_the_photos_never_swaps_train_and_test(parts, names):
    data = leaf_photos(leaves=2, photos=2)

    split = replace(data, parts=parts * (len(data) // len(parts))).split()

    assert split.names == names


def test_parts_remember_which_files_were_left_out():
    data = replace(leaf_photos(), ignored=(Path("class0/notes.txt"),))

    drawn, published = data.split(0.5, 0.5), replace(data, parts=("train", "test") * 40).split()

    assert [part.ignored for part in (*drawn, *published)] == [data.ignored] * 4


def test_no_photos_are_shared_out_as_nothing():
    split = leaf_photos().subset([]).split(0.5, 0.5)

    assert split.realised_fractions() == (0, 0)


@pytest.mark.parametrize("changed", [{"names": ("train",)}, {"fractions": (1.0,)}])
def test_each_part_has_a_name_and_a_fraction(changed):
    split = leaf_photos().split(0.5, 0.5)

    with pytest.raises(ConfigError) as caught:
        replace(split, **changed)

    [(option, given)] = changed.items()
    assert str(caught.value) == f"{option}={given!r} must be one for each of 2 parts."


def test_all_parts_have_the_same_classes():
    split = leaf_photos().split(0.5, 0.5)
    other = replace(split[1], classes=("class0", "rust"))

    with pytest.raises(ClassMismatchError) as caught:
        replace(split, parts=(split[0], other))

    assert str(caught.value) == (
        "the classes of test differ from train's: missing ['class1'], unknown ['rust']; "
        "give both the same classes; relabel() renames them or leaves them out."
    )


def test_all_parts_have_their_classes_in_one_order():
    split = leaf_photos().split(0.5, 0.5)
    other = replace(split[1], classes=("class1", "class0"))

    with pytest.raises(ConfigError) as caught:
        replace(split, parts=(split[0], other))

    assert str(caught.value) == (
        "parts=('train', 'test') must have their classes in the same order; relabel() changes it."
    )


def test_published_parts_forbid_drawing_others():
    data = replace(leaf_photos(), parts=("train", "test") * 40)

    with pytest.raises(ConfigError) as caught:
        data.split(0.5, 0.5)

    assert str(caught.value) == (
        "fractions=(0.5, 0.5) must be absent: "
        "it has published parts (train, test); pooled() removes them."
    )


def test_removed_parts_can_be_drawn_again():
    data = replace(leaf_photos(), parts=("train", "test") * 40)

    assert data.pooled().split(0.5, 0.5) == leaf_photos().split(0.5, 0.5)


def test_without_parts_there_must_be_fractions():
    with pytest.raises(ConfigError, match=r"fractions=\(\) must be at least two"):
        leaf_photos().split()


@pytest.fixture
def painted(tmp_path):
    names = [
        f"{c}/leaf{leaf:04}_photo{photo}.png" for c in "ab" for leaf in range(4) for photo in (1, 2)
    ]
    return LeafDataset.from_folder(paint_all(tmp_path / "photos", names))


def test_a_saved_split_is_loaded_as_it_was(tmp_path, painted):
    split = painted.split(0.5, 0.5, seed=3)
    split.save(tmp_path / "split.csv")

    loaded = Split.load(tmp_path / "split.csv", tmp_path / "photos")

    assert loaded.names == split.names
    assert loaded.seed is None
    assert [part.paths for part in loaded] == [part.paths for part in split]
    assert [part.leaves for part in loaded] == [part.leaves for part in split]
    assert [part.fingerprint() for part in loaded] == [part.fingerprint() for part in split]
    assert loaded[0].origin == f"{tmp_path / 'split.csv'}; leaf ids: manifest (16) (train)"


def test_a_split_in_the_folder_of_the_photos_needs_no_root(tmp_path, painted):
    split = painted.split(0.5, 0.5)
    split.save(str(tmp_path / "photos/split.csv"))

    loaded = Split.load(str(tmp_path / "photos/split.csv"))

    assert [part.names for part in loaded] == [part.names for part in split]


def test_loading_notices_a_changed_photo(tmp_path, painted):
    painted.split(0.5, 0.5).save(tmp_path / "split.csv")
    paint_all(tmp_path / "photos", ["c/new.png"])
    painted.paths[0].write_bytes(b"other")

    with pytest.raises(ManifestError) as caught:
        Split.load(tmp_path / "split.csv", tmp_path / "photos")

    assert caught.value.changed == (painted.names[0],)
    assert len(Split.load(tmp_path / "split.csv", tmp_path / "photos", verify="presence")) == 2


@pytest.mark.parametrize("place", ["", "."])
def test_a_manifest_needs_a_name(tmp_path, monkeypatch, painted, place):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ManifestError, match=r"^the manifest '\.' cannot be written \("):
        painted.save(place)

    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_a_saved_dataset_is_not_a_split(tmp_path, painted):
    painted.save(tmp_path / "photos/data.csv")

    with pytest.raises(ManifestError) as caught:
        Split.load(tmp_path / "photos/data.csv")

    assert str(caught.value) == (
        f"the manifest '{tmp_path}/photos/data.csv' has no parts; "
        "save a split, or read it with open_leaves and split it."
    )


def test_a_saved_dataset_keeps_its_parts(tmp_path, painted):
    data = replace(painted, parts=("train", "test") * 8)
    data.save(tmp_path / "photos/data.csv")

    assert [part.names for part in Split.load(tmp_path / "photos/data.csv")] == [
        part.names for part in data.split()
    ]


@pytest.mark.real
def test_real_photos_split_by_the_published_map_leak_no_leaf(real_photos):
    data = LeafDataset.from_folder(
        real_photos / "plantvillage-mini", leaves=real_photos / "plantvillage-mini-leaves.csv"
    )

    split = data.split(0.6, 0.2, 0.2, seed=0)

    leaves = [set(part.leaves) for part in split]
    assert leaves[0] & leaves[1] | leaves[0] & leaves[2] | leaves[1] & leaves[2] == set()
    assert split.realised_fractions() == pytest.approx((0.6, 0.2, 0.2), abs=0.01)
    assert split.leaked_by_naive_split() > 100
