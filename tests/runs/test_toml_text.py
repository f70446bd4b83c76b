from __future__ import annotations

import sys

import pytest

from transferleaf.errors import RunConfigError
from transferleaf.runs.toml_text import read_toml, toml_text


@pytest.mark.parametrize(
    "value",
    [
        *("leaves", "", 'my "own" leaves', "C:\\leaves\\new", "Blätter 葉 🍃", "a\nb\tc\x01\x7f"),
        *(0, -3, 0.2, 1e-9, 1e22, True, False),
    ],
)
def test_what_is_written_is_read_back(tmp_path, value):
    (tmp_path / "a.toml").write_text(toml_text({"key": value}), encoding="utf-8")

    found = read_toml(tmp_path / "a.toml")["key"]

    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "cannot be opened (No such file or directory)"),
        (b"seed = ", "is not a TOML file (Invalid value (at end of document))"),
        (b'data = "\xff"', "is not a TOML file ('utf-8' codec can't decode byte 0xff"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="systems word their errors differently")
def test_the_reason_for_an_unreadable_file_is_reported(tmp_path, content, found):
    if content is not None:
        (tmp_path / "a.toml").write_bytes(content)

    with pytest.raises(RunConfigError) as caught:
        read_toml(tmp_path / "a.toml")

    assert str(caught.value).startswith(f"{str(tmp_path / 'a.toml')!r} {found}")
    assert str(caught.value).endswith("; name the config.toml of a run, or write one like it.")
