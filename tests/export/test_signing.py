"""Signatures of SavedModels."""

from __future__ import annotations

import shutil

import pytest

from transferleaf.errors import UntrustedModelError
from transferleaf.export import open_exported
from transferleaf.export.signing import is_signed, sign


@pytest.fixture
def folder(tmp_path):
    """A folder of two files, signed."""
    made = tmp_path / "made"
    (made / "variables").mkdir(parents=True)
    (made / "graph").write_text("graph")
    (made / "variables" / "values").write_text("values")
    sign(made, made / "signature")
    return made


def test_what_was_signed_is_recognised_wherever_it_is_moved(folder, tmp_path):
    moved = folder.rename(tmp_path / "moved")

    assert is_signed(moved, moved / "signature")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda made: (made / "graph").write_text("other"), id="changed"),
        pytest.param(lambda made: (made / "more").write_text(""), id="added"),
        pytest.param(lambda made: (made / "variables" / "values").unlink(), id="removed"),
        pytest.param(lambda made: (made / "graph").rename(made / "g"), id="renamed"),
        pytest.param(lambda made: (made / "signature").unlink(), id="no signature"),
        pytest.param(lambda made: (made / "signature").write_bytes(b"\xff"), id="another one"),
    ],
)
def test_any_later_change_is_detected(folder, change):
    change(folder)

    assert not is_signed(folder, folder / "signature")


def test_a_signature_of_another_machine_is_invalid(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / "elsewhere"))
    assert not is_signed(folder, folder / "signature")

    other = tmp_path / "other"
    other.mkdir()
    sign(other, other / "signature")
    assert not is_signed(folder, folder / "signature")


def test_a_machine_that_cannot_store_a_key_signs_nothing(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / "file"))

    sign(tmp_path, tmp_path / "signature")

    assert not (tmp_path / "signature").exists()


def test_only_the_user_can_read_the_key(folder, cache_of_the_tests):
    assert (cache_of_the_tests / "export.key").stat().st_mode & 0o077 == 0


def test_a_saved_model_from_elsewhere_runs_only_where_it_is_trusted(exported, tmp_path, photos):
    path = tmp_path / "from elsewhere"
    shutil.copytree(exported("saved_model")[0], path)
    open_exported(path)  # a copy of a signed folder is trusted
    (path / "more").touch()

    with pytest.raises(UntrustedModelError) as caught:
        open_exported(path)

    assert str(caught.value) == (
        f"{str(path)!r} cannot be loaded as a classifier: a SavedModel can run any operation, such "
        "as reading and writing files, and this one was not exported on this machine, or was "
        "changed afterwards. If you trust its source, use trust=True or --trust. A .keras, "
        "LiteRT, ONNX or OpenVINO file needs no trust: it can only compute."
    )
    assert open_exported(path, trust=True).predict(photos[0]).shape == (4, 3)
