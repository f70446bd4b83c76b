"""A folder of predictions records whether it is complete, and its call."""

from __future__ import annotations

import pytest

from transferleaf.errors import BulkFolderError
from transferleaf.scaling.output_folder import OutputFolder, part_name, read_predictions

fsspec = pytest.importorskip("fsspec", reason='pip install "transferleaf[ray]" brings fsspec')

CALL = {"model": "a", "top_k": 5}
FIRST, SECOND = part_name(0, "0" * 16), part_name(1, "1" * 16)


@pytest.fixture(params=["path", "memory"])
def folder(request, tmp_path):
    if request.param == "path":
        return OutputFolder.of(tmp_path / "found")
    fsspec.filesystem("memory").store.clear()
    return OutputFolder.of("memory://found")


def test_a_call_begins_with_the_parts_that_are_there(folder):
    before = folder.begin(CALL)
    folder.write(FIRST, b"rows")

    assert before == set()
    assert folder.begin(CALL) == {FIRST}
    assert folder.read(FIRST) == b"rows"


def test_finishing_removes_parts_of_photos_that_have_changed(folder):
    folder.begin(CALL)
    folder.write(FIRST, b"old")
    folder.write(SECOND, b"new")

    folder.finish([SECOND], {"photos": 1})

    assert folder.names() == {"_CALL", "_SUCCESS", SECOND}
    assert folder.success() == {"photos": 1, "parts": [SECOND]}


def test_a_restarted_call_is_unfinished(folder):
    folder.begin(CALL)
    folder.finish([], {})

    folder.begin(CALL)

    with pytest.raises(BulkFolderError) as caught:
        read_predictions(folder.address)
    assert str(caught.value) == (
        f"{folder.address!r} has no _SUCCESS: its call has not finished; repeat the call, "
        "which continues from the existing parts."
    )


def test_the_folder_of_another_call_is_left_alone(folder):
    folder.begin(CALL)

    with pytest.raises(BulkFolderError) as caught:
        folder.begin({"model": "b", "top_k": 5})

    assert str(caught.value) == (
        f"{folder.address!r} contains predictions of another call (different: model); name another "
        "folder, or remove this one."
    )


def test_another_folder_is_not_changed(folder):
    folder.write("holiday.jpg", b"photo")

    with pytest.raises(BulkFolderError) as caught:
        folder.begin(CALL)

    assert str(caught.value) == (
        f"{folder.address!r} contains files that predict_photos_to did not write; name an "
        "empty or a new folder."
    )


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "file").write_text("text")

    with pytest.raises(BulkFolderError) as caught:
        OutputFolder.of(tmp_path / "file").begin(CALL)

    assert str(caught.value) == f"{str(tmp_path / 'file')!r} is a file; name a folder."


def test_unfinished_files_are_not_seen(folder, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    folder.begin(CALL)
    monkeypatch.setattr("pathlib.Path.replace", killed)
    monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem.mv", killed)

    with pytest.raises(KeyboardInterrupt):
        folder.write(FIRST, b"rows")

    assert folder.names() == {"_CALL"}
