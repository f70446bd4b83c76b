from __future__ import annotations

import os
import unicodedata

import pytest

from tests.datasets.painting import paint, paint_all
from transferleaf.datasets import open_leaves
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.tables.manifest import Manifest
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import ConfigError, ManifestError

NAMES = ("a/1.png", "a/2.png", "b/1.png", "b/2.png")


@pytest.fixture
def saved(tmp_path):
    """A manifest of four photos, next to them. Photo 1 of each class has a known leaf."""
    paint_all(tmp_path, NAMES)
    data = LeafDataset.from_folder(
        tmp_path, leaves=dict(zip(NAMES, ["x", None, "y", None], strict=True))
    )
    data.save(tmp_path / "data.csv")
    return tmp_path / "data.csv"


def test_a_manifest_is_recognised_by_its_first_line(saved):
    assert Manifest().recognise(saved) == Recognition(
        reason="its first line is that of a manifest", sure=True
    )


def test_a_folder_is_not_recognised(saved):
    assert Manifest().recognise(saved.parent) is None


def test_the_photos_are_next_to_it(saved):
    found = Manifest().find(saved)

    assert found.classes == ("a", "b")
    assert found.names == NAMES
    assert found.paths == tuple(saved.parent / name for name in NAMES)
    assert found.labels == (0, 0, 1, 1)
    assert found.parts == ()
    assert found.leaves == ("x", None, "y", None)
    assert found.told_by == {"manifest": 2}


def test_the_photos_may_be_elsewhere(saved, tmp_path):
    (tmp_path / "splits").mkdir()
    moved = saved.rename(tmp_path / "splits/data.csv")

    found = Manifest(photos=str(tmp_path)).find(moved)

    assert found.paths == tuple(tmp_path / name for name in NAMES)


def test_the_order_of_the_rows_is_kept(saved):
    header, *rows = saved.read_text().splitlines()
    saved.write_text("\n".join([header, *reversed(rows), ""]))

    found = Manifest().find(saved)

    assert found.names == NAMES[::-1]
    assert found.classes == ("a", "b")


def test_opening_a_saved_split_gives_its_parts(tmp_path):
    paint_all(tmp_path, NAMES)
    split = LeafDataset.from_folder(tmp_path).split(0.5, 0.5, seed=1)
    split.save(tmp_path / "split.csv")

    data = open_leaves(tmp_path / "split.csv")

    assert data.parts == ("train", "train", "test", "test")
    assert [part.names for part in data.split()] == [part.names for part in split]


def test_a_folder_with_a_manifest_keeps_its_layout(saved):
    data = open_leaves(saved.parent, leaves=None)

    assert data.origin.startswith(f"{saved.parent}, read as class folders (")


def test_other_files_are_ignored(saved):
    paint(saved.parent / "a/3.png")

    assert Manifest().find(saved).names == NAMES


def test_an_accent_may_be_stored_either_way(tmp_path):
    stored = unicodedata.normalize("NFD", "café/blüte.png")
    paint_all(tmp_path, [stored, "tea/1.png"])
    LeafDataset.from_folder(tmp_path).save(tmp_path / "data.csv")

    found = Manifest().find(tmp_path / "data.csv")

    assert found.names == ("café/blüte.png", "tea/1.png")
    assert found.paths[0] == tmp_path / stored


def test_missing_and_changed_photos_are_named_together(saved):
    (saved.parent / "a/1.png").unlink()
    paint(saved.parent / "b/1.png", "blue")
    paint(saved.parent / "b/2.png", "red")

    with pytest.raises(ManifestError) as caught:
        Manifest().find(saved)

    assert caught.value.missing == ("a/1.png",)
    assert caught.value.changed == ("b/1.png", "b/2.png")
    assert str(caught.value) == (
        f"the manifest '{saved}' does not fit the photos in '{saved.parent}', "
        "with 1 photo missing or unreadable: 'a/1.png'; "
        "and 2 photos with other content: 'b/1.png', 'b/2.png'; "
        'name the folder that it was saved for; verify="presence" accepts photos whose content '
        "has changed."
    )


def test_changed_photos_may_be_accepted(saved):
    paint(saved.parent / "b/1.png", "blue")

    assert Manifest(verify="presence").find(saved).names == NAMES


def test_missing_photos_are_never_accepted(saved):
    (saved.parent / "b/1.png").unlink()

    with pytest.raises(ManifestError) as caught:
        Manifest(verify="presence").find(saved)

    assert caught.value.missing == ("b/1.png",)


@pytest.mark.parametrize("name", ["x" * 300, "nul\0", "loop/1.png", "a", "a/1.png/2.png"])
def test_a_name_that_cannot_be_a_file_is_missing(saved, name):
    (saved.parent / "loop").symlink_to("loop")
    text = saved.read_text().replace("a/1.png", name)
    saved.write_text(text)

    with pytest.raises(ManifestError) as caught:
        Manifest().find(saved)

    assert caught.value.missing == (name,)


def test_one_class_is_too_few(saved):
    saved.write_text("\n".join(saved.read_text().splitlines()[:3]) + "\n")

    with pytest.raises(ManifestError) as caught:
        Manifest().find(saved)

    assert str(caught.value) == (
        f"the manifest '{saved}' contains one class, 'a'; a classifier needs at least two."
    )


def test_how_to_verify_is_one_of_two():
    with pytest.raises(ConfigError) as caught:
        Manifest(verify="sizes")

    assert str(caught.value) == 'verify=\'sizes\' must be "contents" or "presence".'


@pytest.mark.skipif(os.name == "nt", reason="Windows forbids such names")
def test_unusual_names_are_restored(tmp_path):
    names = (
        "a/" + "é" * 125 + ".png",
        "a/line\nend.png",
        "a/return\rhere.png",
        'b/quote", comma.png',
        "b/\ud55c\uad6d \U0001f331.png",
    )
    paint_all(tmp_path, names)
    data = LeafDataset.from_folder(tmp_path)
    data.save(tmp_path / "data.csv")

    found = Manifest().find(tmp_path / "data.csv")

    assert found.names == data.names
    assert found.paths == data.paths


def test_a_manifest_is_not_offered_as_a_table_too(saved):
    assert "could also" not in open_leaves(saved).origin
