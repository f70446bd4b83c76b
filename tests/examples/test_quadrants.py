from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.examples.loading import example
from transferleaf.datasets import draw_leaves


@pytest.fixture
def quadrants():
    """The example with two of its six contenders and a small network trained from scratch."""
    module = example("quadrants")
    by_title = {contender.title: contender for contender in module.CONTENDERS}
    scratch = replace(by_title["CNN from scratch"], image_size=32)
    module.CONTENDERS = [by_title["quadrant IV"], scratch]
    return module


def test_contenders_are_compared_once_and_remembered(quadrants, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    classes = ["Apple___Rust", "Apple___healthy"]
    leaves = draw_leaves(tmp_path / "l", classes=classes, photos_per_class=12, image_size=32)
    output = tmp_path / "out"

    quadrants.main(leaves, image_size=32, epochs=1, output=output)

    rows = (output / "table.md").read_text().splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| quadrant IV", "| CNN from scratch"]
    assert (output / "curves.png").stat().st_size > 10_000
    results = json.loads((output / "results.json").read_text())
    assert all(0 <= result["low"] <= result["accuracy"] <= result["high"] for result in results)

    monkeypatch.setattr(quadrants, "compare", None)  # a second call trains nothing
    quadrants.main(leaves, image_size=32, epochs=1, output=output)

    assert "CNN from scratch" in capsys.readouterr().out
