from __future__ import annotations

import sys

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.layouts.tables.hugging_face import HuggingFaceMetadata
from transferleaf.errors import FolderLayoutError, TableError

ROWS = "file_name,label\n1.png,rust\nmore/2.png,mildew\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_metadata_at_the_root_name_the_classes(tmp_path):
    paint_all(tmp_path, ["1.png", "more/2.png"])
    write(tmp_path / "metadata.csv", ROWS)

    found = HuggingFaceMetadata().find(tmp_path)

    assert found.names == ("more/2.png", "1.png")
    assert found.class_names == ["mildew", "rust"]
    assert found.parts == ()


def test_json_lines_say_the_same(tmp_path):
    paint_all(tmp_path, ["1.png", "more/2.png"])
    rows = '{"file_name": "1.png", "label": "rust"}\n{"file_name": "more/2.png", "label": "m"}\n'
    write(tmp_path / "metadata.jsonl", rows)

    assert HuggingFaceMetadata().find(tmp_path).classes == ("m", "rust")


def test_parquet_says_the_same(tmp_path):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow, the extra parquet, is not installed")
    from pyarrow import parquet

    paint_all(tmp_path, ["1.png", "2.png"])
    rows = arrow.table({"file_name": ["1.png", "2.png"], "label": ["rust", "mildew"]})
    parquet.write_table(rows, tmp_path / "metadata.parquet")

    assert HuggingFaceMetadata().find(tmp_path).classes == ("mildew", "rust")


def test_metadata_at_the_root_may_lead_into_parts(tmp_path):
    paint_all(tmp_path, ["train/1.png", "train/2.png", "eval/1.png"])
    write(
        tmp_path / "metadata.csv",
        "file_name,label\ntrain/1.png,a\ntrain/2.png,b\neval/1.png,a\n",
    )

    assert HuggingFaceMetadata().find(tmp_path).parts == ("train", "train", "test")


@pytest.mark.parametrize(
    ("folder", "part"), [("validation", "val"), ("dev", "val"), ("Test", "test"), ("eval", "test")]
)
def test_each_part_may_have_separate_metadata(tmp_path, folder, part):
    paint_all(tmp_path, ["train/1.png", "train/more/2.png", f"{folder}/1.png"])
    write(tmp_path / "train/metadata.csv", ROWS)
    write(tmp_path / folder / "metadata.jsonl", '{"file_name": "1.png", "label": "rust"}\n')

    found = HuggingFaceMetadata().find(tmp_path)

    assert found.names == ("train/more/2.png", "train/1.png", f"{folder}/1.png")
    assert found.parts == ("train", "train", part)


def test_photos_of_parts_may_be_elsewhere(tmp_path):
    paint_all(tmp_path, ["images/1.png", "images/2.png", "images/3.png"])
    write(
        tmp_path / "train/metadata.csv", "file_name,label\n../images/1.png,a\n../images/2.png,b\n"
    )
    write(tmp_path / "test/metadata.csv", "file_name,label\n../images/3.png,a\n")

    found = HuggingFaceMetadata().find(tmp_path)

    assert found.names == ("images/1.png", "images/2.png", "images/3.png")
    assert found.parts == ("train", "train", "test")


def test_a_photo_in_two_parts_is_refused(tmp_path):
    paint_all(tmp_path, ["images/1.png", "images/2.png"])
    write(
        tmp_path / "train/metadata.csv", "file_name,label\n../images/1.png,a\n../images/2.png,b\n"
    )
    write(tmp_path / "test/metadata.csv", "file_name,label\n../images/1.png,a\n")

    with pytest.raises(TableError, match=r"gives 1 photo several parts: 'images/1\.png'"):
        HuggingFaceMetadata().find(tmp_path)


def test_metadata_are_recognised(tmp_path):
    write(tmp_path / "train/metadata.csv", ROWS)
    write(tmp_path / "test/metadata.csv", ROWS)

    recognition = HuggingFaceMetadata().recognise(tmp_path)

    assert recognition.sure
    assert recognition.reason == (
        "'test/metadata.csv', 'train/metadata.csv' has a column 'file_name'"
    )


@pytest.mark.parametrize("text", ["path,label\n1.png,a\n", "", '"'])
def test_other_metadata_are_not_recognised(tmp_path, text):
    write(tmp_path / "metadata.csv", text)

    assert HuggingFaceMetadata().recognise(tmp_path) is None


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            [],
            "contains no metadata; it needs one of 'metadata.csv', 'metadata.jsonl', "
            "'metadata.parquet', at its root or in each part.",
        ),
        (
            ["metadata.csv", "metadata.jsonl"],
            "contains several metadata files: 'metadata.csv', 'metadata.jsonl'; "
            "keep one in each folder.",
        ),
    ],
)
def test_each_folder_needs_one_file(tmp_path, files, message):
    [write(tmp_path / file, ROWS) for file in files]

    with pytest.raises(FolderLayoutError) as caught:
        HuggingFaceMetadata().find(tmp_path)

    assert str(caught.value) == f"'{tmp_path}' {message}"


def test_file_names_are_needed(tmp_path):
    write(tmp_path / "metadata.csv", "path,label\n1.png,rust\n")

    with pytest.raises(TableError) as caught:
        HuggingFaceMetadata().find(tmp_path)

    assert str(caught.value) == (
        f"the table '{tmp_path}/metadata.csv' has the columns ['path', 'label']; it needs a column "
        "file_name with paths relative to this file."
    )


def test_parquet_is_not_sure_to_be_metadata_without_pyarrow(tmp_path, monkeypatch):
    write(tmp_path / "metadata.parquet", "")
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    recognition = HuggingFaceMetadata().recognise(tmp_path)

    assert not recognition.sure
    assert recognition.reason == "'metadata.parquet' cannot be read without pyarrow"
