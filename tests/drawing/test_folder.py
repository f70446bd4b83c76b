from __future__ import annotations

import json

import pytest

from transferleaf.drawing.drawing import Drawing
from transferleaf.drawing.folder import claim_folder, write_whole
from transferleaf.errors import FolderLayoutError

DRAWING = Drawing(
    photos_per_class=2,
    image_size=32,
    seed=0,
    classes=("Bean___Rust",),
    photos_per_leaf=(1, 1),
)
OTHERWISE = "choose an empty folder, or delete this one first."


def refusal(folder, drawing=DRAWING):
    """The message with which a folder is refused."""
    with pytest.raises(FolderLayoutError) as caught:
        claim_folder(folder, drawing)
    return str(caught.value)


def test_an_absent_folder_is_made_and_says_what_is_drawn_in_it(tmp_path):
    folder = tmp_path / "a" / "b"

    claim_folder(folder, DRAWING)

    assert json.loads((folder / "drawn.json").read_text()) == DRAWING.facts()


def test_a_claimed_folder_can_be_claimed_again(tmp_path):
    claim_folder(tmp_path, DRAWING)
    write_whole(tmp_path / "Bean___Rust/leaf0001_photo1.jpg", b"photo")

    claim_folder(tmp_path, DRAWING)

    assert (tmp_path / "Bean___Rust/leaf0001_photo1.jpg").read_bytes() == b"photo"


@pytest.mark.parametrize("stranger", ["notes.txt", "Bean___Rust/leaf0001_photo1.jpg"])
def test_a_folder_in_use_is_refused(tmp_path, stranger):
    write_whole(tmp_path / stranger, b"mine")

    message = refusal(tmp_path)

    first = stranger.split("/")[0]
    assert message == (
        f"{str(tmp_path)!r} contains {first!r}, which is not part of this drawing; {OTHERWISE}"
    )
    assert not (tmp_path / "drawn.json").exists()


def test_an_empty_folder_inside_is_refused_too(tmp_path):
    (tmp_path / "Mint___rust").mkdir()

    assert refusal(tmp_path) == (
        f"{str(tmp_path)!r} contains 'Mint___rust', which is not part of this drawing; {OTHERWISE}"
    )


@pytest.mark.parametrize("stranger", ["Bean___Rust/mine.jpg", "Bean___Rust/leaf0003_photo1.jpg"])
def test_a_photo_that_was_added_to_a_drawing_is_refused(tmp_path, stranger):
    claim_folder(tmp_path, DRAWING)
    write_whole(tmp_path / stranger, b"mine")

    assert refusal(tmp_path) == (
        f"{str(tmp_path)!r} contains {stranger!r}, which is not part of this drawing; {OTHERWISE}"
    )


def test_hidden_files_are_ignored(tmp_path):
    (tmp_path / ".DS_Store").write_bytes(b"")
    (tmp_path / ".cache").mkdir()

    claim_folder(tmp_path, DRAWING)

    assert (tmp_path / "drawn.json").is_file()


def test_a_drawing_with_other_arguments_is_refused(tmp_path):
    claim_folder(tmp_path, DRAWING)
    other = Drawing(
        photos_per_class=2,
        image_size=32,
        seed=7,
        classes=("Bean___Rust",),
        photos_per_leaf=(1, 1),
    )

    assert refusal(tmp_path, other) == (
        f"{str(tmp_path)!r} contains leaves drawn with seed=0, not 7; {OTHERWISE}"
    )


def test_a_drawing_of_another_format_is_refused(tmp_path):
    (tmp_path / "drawn.json").write_text(json.dumps({**DRAWING.facts(), "format": 0}))

    assert refusal(tmp_path) == (
        f"{str(tmp_path)!r} contains leaves drawn with format=0, not 1; {OTHERWISE}"
    )


@pytest.mark.parametrize("record", [b"", b"[1, 2]", b"\xff\xfe\xfa"])
def test_a_record_of_something_else_is_refused(tmp_path, record):
    (tmp_path / "drawn.json").write_bytes(record)

    assert refusal(tmp_path) == (
        f"{str(tmp_path)!r} contains a drawn.json that draw_leaves did not write; {OTHERWISE}"
    )


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    path = tmp_path / "leaves"
    path.write_bytes(b"")

    assert refusal(path) == f"{str(path)!r} is a file; name a folder for the drawn leaves."


def test_unfinished_files_of_an_interruption_are_removed(tmp_path):
    claim_folder(tmp_path, DRAWING)
    unfinished = tmp_path / "Bean___Rust/.leaf0001_photo1.jpg.4711.partial"
    unfinished.parent.mkdir()
    unfinished.write_bytes(b"half a pho")

    claim_folder(tmp_path, DRAWING)

    assert not unfinished.exists()


def test_a_write_that_fails_leaves_no_file(tmp_path, monkeypatch):
    def full_disk(self, target):
        raise OSError("no space left")

    monkeypatch.setattr("pathlib.Path.replace", full_disk)

    with pytest.raises(OSError, match="no space left"):
        write_whole(tmp_path / "Bean___Rust/leaf0001_photo1.jpg", b"photo")

    assert not (tmp_path / "Bean___Rust/leaf0001_photo1.jpg").exists()
