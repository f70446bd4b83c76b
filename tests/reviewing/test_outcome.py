from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from tests.reviewing.made import CLASSES, photos, question, review
from transferleaf.datasets import open_leaves
from transferleaf.reviewing.outcome import DECISIONS, MANIFEST, apply_decisions, write_outcome


@pytest.fixture
def data(tmp_path):
    return photos(tmp_path / "photos")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "reviews" / "of photos"


def test_the_manifest_is_a_data_set_with_the_decisions_applied(data, folder):
    going = review(data, folder)
    going.decide("label:Bean___rust/1.jpg", "relabel", class_name="Bean___healthy")
    going.decide("label:Bean___healthy/2.jpg", "drop")
    going.decide("label:Bean___rust/3.jpg", "keep")
    going.decide("label:Bean___healthy/4.jpg", "later")

    outcome = apply_decisions(going)
    opened = open_leaves(write_outcome(going, outcome))

    assert (outcome.relabelled, outcome.dropped, outcome.joined) == (1, 1, 0)
    found = {
        path.name: opened.classes[label]
        for path, label in zip(opened.paths, opened.labels, strict=True)
    }
    assert found == {
        "0.jpg": "Bean___healthy",
        "1.jpg": "Bean___healthy",
        "3.jpg": "Bean___rust",
        "4.jpg": "Bean___healthy",
        "5.jpg": "Bean___rust",
    }
    assert [path.resolve() for path in opened.paths] == [
        path for at, path in enumerate(data.paths) if at != 2
    ]


def test_no_photo_is_touched(data, folder):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in data.paths}
    going = review(data, folder)
    for item in going.subject.items:
        going.decide(item.key, "drop")

    assert write_outcome(going, apply_decisions(going)) is None

    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in data.paths} == before


def test_the_list_of_decisions_says_who_and_when(data, folder):
    going = review(data, folder, by="=ann")
    going.decide("label:Bean___rust/1.jpg", "relabel", class_name="Bean___healthy")
    going.decide("label:Bean___rust/3.jpg", "keep")
    going.undo()

    write_outcome(going, apply_decisions(going))

    with (folder / DECISIONS).open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["file"] == "Bean___rust/1.jpg"
    assert (row["decision"], row["class"]) == ("relabel", "Bean___healthy")
    assert row["decided_by"] == "'=ann"  # no spreadsheet computes it
    assert row["decided_at"].endswith("Z")


@pytest.mark.parametrize(
    ("leaves", "expected"),
    [
        ((None,) * 6, ["same as Bean___rust/3.jpg"] * 2),
        ((None, None, None, "c", None, None), ["c", "c"]),
        ((None, "a", None, None, None, None), ["a", "a"]),
        ((None, "a", None, "c", None, None), ["c", "c"]),
    ],
)
def test_photos_of_the_same_leaf_get_one_leaf_id(data, folder, leaves, expected):
    data = replace(data, leaves=leaves)
    going = review(data, folder, [question(data, 1, "copy", other=3)])
    going.decide("copy:Bean___rust/1.jpg", "same-leaf")

    after = apply_decisions(going).data

    assert [after.leaves[1], after.leaves[3]] == expected


def test_a_whole_leaf_joins_another(data, folder):
    data = replace(data, leaves=("a", "a", None, "c", "c", None))
    going = review(data, folder, [question(data, 1, "copy", other=3)])
    going.decide("copy:Bean___rust/1.jpg", "same-leaf")

    assert apply_decisions(going).data.leaves == ("c", "c", None, "c", "c", None)


def test_a_photo_that_is_gone_is_left_out_and_said(data, folder):
    data.paths[1].unlink()
    going = review(data, folder)

    outcome = apply_decisions(going)

    assert outcome.gone == ("Bean___rust/1.jpg",)
    assert len(open_leaves(write_outcome(going, outcome))) == 5


def test_of_new_photos_only_those_with_a_label_are_listed_beside_the_others(data, folder, tmp_path):
    items = [question(data, photo, "new") for photo in range(6)]
    going = review(data, folder, items, new=True)
    going.decide("new:Bean___healthy/0.jpg", "keep")
    going.decide("new:Bean___rust/1.jpg", "relabel", class_name="Bean___healthy")
    going.decide("new:Bean___healthy/2.jpg", "drop")
    trained = photos(tmp_path / "trained", 4, parts=("train", "val", "train", "test"))

    manifest = write_outcome(going, apply_decisions(going), besides=trained)
    opened = open_leaves(manifest)

    assert opened.parts == ("train", "val", "train", "test", "train", "train")
    assert [opened.classes[label] for label in opened.labels[4:]] == [CLASSES[0]] * 2


def test_a_manifest_can_be_written_again_and_again(data, folder):
    going = review(data, folder)
    first = write_outcome(going, apply_decisions(going)).read_bytes()
    going.decide("label:Bean___rust/1.jpg", "drop")

    second = write_outcome(going, apply_decisions(going)).read_bytes()

    assert first.count(b"\n") == second.count(b"\n") + 1
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["decisions.csv", "in-use", "journal.jsonl", MANIFEST]
    )


def test_a_drop_in_one_question_holds_whatever_another_says(data, folder):
    items = [question(data, 1), question(data, 1, "quality")]
    going = review(data, folder, items)
    going.decide("quality:Bean___rust/1.jpg", "drop")
    going.decide("label:Bean___rust/1.jpg", "keep")

    assert "Bean___rust/1.jpg" not in apply_decisions(going).data.names
    assert np.array_equal(apply_decisions(going).data.labels, [0, 0, 1, 0, 1])
