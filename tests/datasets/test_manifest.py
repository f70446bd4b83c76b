from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.datasets.painting import paint_all
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.manifest import ManifestRow, is_manifest, read_manifest, write_manifest
from transferleaf.errors import ManifestError

HEADER = "file,class,part,leaf,sha256"
SHA = "0" * 64
NAMES = ("a/1.png", 'a/2 "wet", cut.png', "b/line\r\nend.png", "b/\ud55c\uad6d\U0001f331.png")


@pytest.fixture
def data(tmp_path):
    paint_all(tmp_path, NAMES)
    return LeafDataset.from_folder(
        tmp_path, leaves=dict(zip(NAMES, ["x", "x", None, "é"], strict=True))
    )


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path, *lines):
    path.write_bytes("\n".join([HEADER, *lines, ""]).encode())
    return path


def test_a_manifest_is_plain_csv(tmp_path, data):
    path = tmp_path / "split.csv"

    write_manifest(path, data.subset([0, 3]), ["train", "test"])

    assert path.read_bytes().decode() == (
        "file,class,part,leaf,sha256\n"
        f'"a/1.png","a","train","x","{sha(tmp_path / "a/1.png")}"\n'
        f'"b/\ud55c\uad6d\U0001f331.png","b","test","é","{sha(data.paths[3])}"\n'
    )


def test_what_was_written_is_read_back(tmp_path, data):
    path = tmp_path / "split.csv"
    write_manifest(path, data, ["train", "train", "val", "test"])

    rows = read_manifest(path)

    assert [row.file for row in rows] == list(NAMES)
    assert [row.class_name for row in rows] == ["a", "a", "b", "b"]
    assert [row.part for row in rows] == ["train", "train", "val", "test"]
    assert [row.leaf for row in rows] == ["x", "x", None, "é"]
    assert [row.sha256 for row in rows] == [sha(place) for place in data.paths]


def test_a_name_with_invalid_unicode_is_restored(tmp_path):
    place = paint_all(tmp_path, ["a/1.png"]) / "a/1.png"
    data = LeafDataset(
        paths=(place,), labels=[0], classes=("a",), leaves=(None,), origin="", names=("a/\udcff",)
    )

    write_manifest(tmp_path / "split.csv", data, [""])

    assert read_manifest(tmp_path / "split.csv")[0].file == "a/\udcff"


def test_a_manifest_replaces_an_older_one_and_leaves_nothing_else(tmp_path, data):
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "split.csv").write_text("old")

    write_manifest(folder / "split.csv", data, [""] * 4)

    assert is_manifest(folder / "split.csv")
    assert list(folder.iterdir()) == [folder / "split.csv"]


def test_a_failed_writing_keeps_the_older_one(tmp_path, data):
    path = write(tmp_path / "split.csv", f"a/1.png,a,,,{SHA}")
    data.paths[1].unlink()

    with pytest.raises(ManifestError) as caught:
        write_manifest(path, data, [""] * 4)

    assert read_manifest(path)[0].sha256 == SHA
    assert caught.value.missing == (NAMES[1],)
    assert str(caught.value) == (
        f"the manifest '{path}' cannot be written: 1 photo cannot be read: {NAMES[1]!r}; "
        "restore them, or leave them out."
    )


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("none/split.csv", "No such file or directory"),
        ("a/1.png/split.csv", "Not a directory"),
        ("a", "Is a directory"),
    ],
)
def test_a_manifest_needs_a_folder_and_a_name(tmp_path, data, place, reason):
    path = tmp_path / place

    with pytest.raises(ManifestError) as caught:
        write_manifest(path, data, [""] * 4)

    assert str(caught.value) == (
        f"the manifest '{path}' cannot be written ({reason}); name a file in a folder that exists."
    )


def test_two_photos_with_the_same_name_are_refused(tmp_path, data):
    twice = replace(data, names=("a/1.png",) * 2 + data.names[2:])

    with pytest.raises(ManifestError) as caught:
        write_manifest(tmp_path / "split.csv", twice, [""] * 4)

    assert str(caught.value) == (
        f"the manifest '{tmp_path}/split.csv' cannot name 'a/1.png' twice; "
        "give each photo a different name."
    )


@pytest.mark.parametrize(
    ("content", "is_one"),
    [
        (f"{HEADER}\n", True),
        (f"{HEADER}\r\n", True),
        (f"\ufeff{HEADER}\n", True),
        (f"{HEADER},note\n", False),
        ("file,class\n", False),
        ("", False),
    ],
)
def test_a_manifest_is_recognised_by_its_first_line(tmp_path, content, is_one):
    path = tmp_path / "split.csv"
    path.write_bytes(content.encode())

    assert is_manifest(path) is is_one


@pytest.mark.parametrize("name", [".", "none.csv", "nul\0.csv", "x" * 300])
def test_a_manifest_must_be_a_file(tmp_path, name):
    assert not is_manifest(tmp_path / name)


def test_a_photo_is_not_a_manifest(tmp_path):
    paint_all(tmp_path, ["a/1.png"])

    assert not is_manifest(tmp_path / "a/1.png")


def test_a_spreadsheet_program_may_have_saved_it(tmp_path):
    path = tmp_path / "split.csv"
    path.write_bytes(f"\ufeff{HEADER}\r\na/1.png,a,train,,{SHA.replace('0', 'A')}\r\n".encode())

    assert read_manifest(path) == (
        ManifestRow(file="a/1.png", class_name="a", part="train", leaf=None, sha256="a" * 64),
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "contains no photos; write it again with save()."),
        (
            [f"a/1.png,a,,,{SHA}", "a/2.png,a"],
            f"has 2 fields in row 2; each row needs 5: {HEADER}.",
        ),
        (
            ["a/1.png,a,,,123"],
            "lacks a file, a class or a SHA-256 of 64 digits in row 1; "
            "write it again with save(), or complete that row.",
        ),
        (
            [f"a/1.png,,,,{SHA}"],
            "lacks a file, a class or a SHA-256 of 64 digits in row 1; "
            "write it again with save(), or complete that row.",
        ),
        (
            [f"a/1.png,a,,,{SHA}", f"a/1.png,b,,,{SHA}"],
            "names 'a/1.png' twice; keep one row for each photo.",
        ),
        (
            [f"a/1.png,a,train,,{SHA}", f"a/2.png,a,,,{SHA}"],
            "has no part for 1 photo: 'a/2.png'; give each photo a part, or none.",
        ),
        (
            ['"a/1.png'],
            "is not valid CSV from line 2 on (unexpected end of data); restore that line.",
        ),
    ],
    ids=["empty", "short", "no hash", "no class", "twice", "a part missing", "torn"],
)
def test_rows_that_cannot_be_used_are_named(tmp_path, lines, message):
    path = write(tmp_path / "split.csv", *lines)

    with pytest.raises(ManifestError) as caught:
        read_manifest(path)

    assert str(caught.value) == f"the manifest '{path}' {message}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"file;class\n", f"has the columns ['file;class']; its first line must be {HEADER}."),
        (b"", f"has the columns []; its first line must be {HEADER}."),
        (HEADER.encode() + b"\n\xe9.png\n", "is not in UTF-8; save it as CSV in UTF-8."),
        (None, "cannot be opened (No such file or directory); name an existing CSV file."),
    ],
    ids=["columns", "empty", "another encoding", "missing"],
)
def test_another_file_is_refused_with_the_reason(tmp_path, content, message):
    path = Path(tmp_path / "split.csv")
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ManifestError) as caught:
        read_manifest(path)

    assert str(caught.value) == f"the manifest '{path}' {message}"
