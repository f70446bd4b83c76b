from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from transferleaf.auditing import likeness
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.leaves.leaf_ids import LeafIds, find_leaf_ids
from transferleaf.errors import ConfigError, LeafMapError

NAMES = ("a/leaf0001_photo1.jpg", "a/leaf0001_photo2.jpg", "b/IMG_1.jpg")
FOUND = FoundPhotos(
    classes=("a", "b"), paths=tuple(map(Path, NAMES)), names=NAMES, labels=(0, 0, 1)
)


def test_leaves_come_from_file_names_if_a_rule_matches():
    ids = find_leaf_ids(FOUND, "auto")

    assert ids == LeafIds(leaves=("a:leaf0001", "a:leaf0001", None), told_by={"drawn leaf": 2})
    assert str(ids) == "leaf ids: drawn leaf (2), unknown (1)"


def test_leaves_of_the_layout_have_priority_over_file_names():
    found = replace(FOUND, leaves=("x", "y", "x"), told_by={"a table": 3})

    assert find_leaf_ids(found, "auto") == LeafIds(leaves=("x", "y", "x"), told_by={"a table": 3})


def test_leaves_can_be_left_unknown():
    ids = find_leaf_ids(FOUND, None)

    assert ids.leaves == (None, None, None)
    assert str(ids) == "leaf ids: unknown (3)"


def test_leaves_come_from_a_dictionary():
    ids = find_leaf_ids(FOUND, {NAMES[0]: "x", NAMES[1]: "y", NAMES[2]: None})

    assert ids.leaves == ("x", "y", None)
    assert str(ids) == "leaf ids: leaf map given as a mapping (2), unknown (1)"


def test_leaves_come_from_a_file(tmp_path):
    path = tmp_path / "map.csv"
    path.write_text("file,leaf\n" + "".join(f"{name},x\n" for name in NAMES))

    ids = find_leaf_ids(FOUND, str(path))

    assert ids.leaves == ("x", "x", "x")
    assert str(ids) == f"leaf ids: leaf map '{path}' (3)"


def test_a_mapping_must_cover_all_photos():
    with pytest.raises(LeafMapError, match="the leaf map given as a mapping lacks 2 of 3 photos"):
        find_leaf_ids(FOUND, {NAMES[0]: "x"})


def photos_named(*files, class_name="Tomato___Late_blight"):
    names = tuple(f"{class_name}/{file}" for file in files)
    return FoundPhotos(
        classes=(class_name,), paths=tuple(map(Path, names)), names=names, labels=(0,) * len(names)
    )


def test_names_fill_the_holes_of_the_published_map(tmp_path):
    path = tmp_path / "leaf-map.json"
    path.write_text('{"rs_late.b 4898": ["Tomato___Late_blight:::13.0"]}')
    uuid = "0208f4eb-45a4-4399-904e-989ac2c6257c"
    found = photos_named(
        f"{uuid}___RS_Late.B 4898.JPG", f"{uuid}___RS_Late.B 6001.JPG", "IMG_1.jpg"
    )

    ids = find_leaf_ids(found, path)

    assert ids.leaves == (
        "Tomato___Late_blight:::13.0",
        "Tomato___Late_blight:RS_Late.B6001",
        None,
    )
    assert str(ids) == (
        f"leaf ids: leaf map '{path}' (1), PlantVillage camera number (1), unknown (1)"
    )


def test_a_published_map_of_other_photos_is_refused(tmp_path):
    path = tmp_path / "leaf-map.JSON"
    path.write_text('{"rs_late.b 4898": ["Tomato___Late_blight:::13.0"]}')

    with pytest.raises(LeafMapError) as caught:
        find_leaf_ids(FOUND, path)

    assert str(caught.value) == (
        f"the leaf map '{path}' contains none of 3 photos; "
        "it only fits PlantVillage's file names and class names."
    )


def test_near_duplicates_complete_the_leaves_from_names(monkeypatch):
    monkeypatch.setattr(
        likeness, "leaves_by_likeness", lambda paths, names, leaves: (*leaves[:2], "looks like it")
    )

    ids = find_leaf_ids(FOUND, "near-duplicates")

    assert ids.leaves == ("a:leaf0001", "a:leaf0001", "looks like it")
    assert str(ids) == "leaf ids: drawn leaf (2), near-duplicates (1)"


def test_anything_else_is_refused():
    with pytest.raises(ConfigError) as caught:
        find_leaf_ids(FOUND, 7)

    assert str(caught.value) == (
        'leaves=7 must be "auto", "near-duplicates", None, a path of a CSV or JSON file, '
        "or a mapping."
    )
