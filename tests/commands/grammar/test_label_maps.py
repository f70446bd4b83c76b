from __future__ import annotations

import io
from pathlib import Path

import pytest
import typer
from rich.console import Console

from transferleaf.commands.grammar.label_maps import read_label_map
from transferleaf.datasets.leaf_dataset import LeafDataset

OURS = ["Apple___Apple_scab", "Apple___healthy"]


@pytest.fixture
def theirs():
    return LeafDataset(
        paths=[Path("a/1.jpg"), Path("b/2.jpg")],
        labels=[0, 1],
        classes=("Apple Scab Leaf", "sage"),
        leaves=(None, None),
        origin="made",
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"Apple Scab Leaf": "Apple___Apple_scab", "sage": null}'),
        ("a.csv", "theirs,ours\nApple Scab Leaf,Apple___Apple_scab\nsage,\n"),
    ],
)
def test_a_label_map_is_read(tmp_path, theirs, name, text):
    (tmp_path / name).write_text(text)

    found = read_label_map(str(tmp_path / name), OURS, [theirs], Console())

    assert found == {"Apple Scab Leaf": "Apple___Apple_scab", "sage": None}


def test_a_proposed_one_is_shown(theirs):
    shown = io.StringIO()

    found = read_label_map("auto", OURS, [theirs], Console(file=shown, width=100))

    assert found == {"Apple Scab Leaf": "Apple___Apple_scab", "sage": None}
    assert "Apple Scab Leaf" in shown.getvalue()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "ours,theirs\n", "its first line must be theirs,ours"),
        ("a.json", "[]", "it must be an object of texts, with null for none of them"),
        ("a.json", '{"a": 1}', "it must be an object of texts, with null for none of them"),
        ("a.json", "{", "Expecting property name enclosed in double quotes"),
    ],
)
def test_another_file_is_refused(tmp_path, theirs, name, text, told):
    (tmp_path / name).write_text(text)

    with pytest.raises(typer.BadParameter) as caught:
        read_label_map(str(tmp_path / name), OURS, [theirs], Console())

    file = str(tmp_path / name)
    assert str(caught.value).startswith(f"{file!r} cannot be read as a label map: {told}")
