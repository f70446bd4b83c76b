from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.datasets.painting import paint
from transferleaf.cli import app
from transferleaf.features.store import FeatureStore, file_keys
from transferleaf.features.store.settings import size_text


@pytest.fixture
def run():
    """Runs the command line in this process."""

    def call(*arguments: str):
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "120"})

    return call


@pytest.fixture
def stored(monkeypatch, tmp_path):
    """A feature store of two rows."""
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path))
    monkeypatch.setenv("TRANSFERLEAF_CACHE_LIMIT", "3 GB")
    identity = {"backbone": "tiny", "stage": "high", "output": "average", "image_size": 16}
    space = FeatureStore().space(identity, shape=(250_000,), dtype="float32")
    with space.writer() as writer:
        writer.add([bytes(32), bytes(31) + b"1"], np.zeros((2, 250_000), np.float32))
    return space


def test_the_cache_is_shown_by_network(run, stored, tmp_path):
    answer = run("cache")

    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert lines[0] == str(tmp_path)
    cells = [cell.strip() for cell in lines[4].split("│")]
    assert cells[1:8] == ["tiny", "average", "16 px", "float32", "1", "2", "2.0 MB"]
    assert lines[-1] == "2.0 MB of at most 3.0 GB"


def test_stages_of_one_network_share_a_line(run, stored):
    identity = {**stored.kind.identity, "stage": "low"}
    with FeatureStore().space(identity, shape=(250_000,), dtype="float32").writer() as writer:
        writer.add([bytes(32)], np.zeros((1, 250_000), np.float32))

    cells = [cell.strip() for cell in run("cache").output.splitlines()[4].split("│")]

    assert cells[5:8] == ["2", "2", "3.0 MB"]


def test_remembered_contents_of_photos_are_part_of_the_cache(run, stored, tmp_path):
    photo = paint(tmp_path / "leaf.png")
    os.utime(photo, (1000, 1000))
    file_keys([photo], store=FeatureStore())

    answer = run("cache")

    assert "contents of photo" in answer.output


def test_a_space_without_description_is_shown_too(run, stored):
    (stored.folder / "space.json").unlink()

    answer = run("cache")

    assert answer.exit_code == 0
    assert "│ ?" in answer.output


def test_clearing_the_cache_says_how_much_that_freed(run, stored):
    answer = run("cache", "--clear")

    assert answer.exit_code == 0
    assert answer.output.splitlines()[1:] == ["removing 2.0 MB", "2.0 MB freed"]
    assert stored.nbytes == 0


def test_facts_of_photos_are_part_of_the_cache(run, stored, tmp_path):
    (tmp_path / "photo-facts-0.sqlite3").write_bytes(bytes(1_500_000))

    shown = run("cache")
    cleared = run("cache", "--clear")

    assert "1.5 MB of facts of photos" in shown.output.splitlines()
    assert cleared.output.splitlines()[1:] == ["removing 3.5 MB", "3.5 MB freed"]
    assert not (tmp_path / "photo-facts-0.sqlite3").exists()


def test_the_cache_is_shown_without_tensorflow():
    code = (
        "import sys, transferleaf.cli as cli; cli.app(['cache'], standalone_mode=False);"
        "print({'tensorflow', 'keras', 'keras_cv'} & set(sys.modules))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.splitlines()[-1] == "set()"


def test_the_sizes_are_available_as_json(run, stored, tmp_path):
    answer = run("cache", "--json", "-")

    figures = json.loads(answer.stdout)
    assert size_text(figures.pop("features_bytes")) == "2.0 MB"
    assert figures == {
        "folder": str(tmp_path),
        "facts_bytes": 0,
        "limit_bytes": 3_000_000_000,
    }
