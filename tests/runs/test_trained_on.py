from __future__ import annotations

import shutil
from datetime import date

import pytest
from PIL import Image

import transferleaf as tl
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder
from transferleaf.runs.trained_on import photos_learned_from


@pytest.fixture
def run(tmp_path):
    """A finished run on twelve photos, six of them in its test part."""
    for number in range(12):
        path = tmp_path / "leaves" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (20 * number, 0, 0)).save(path)
    data = tl.LeafDataset.from_folder(tmp_path / "leaves")
    run = RunFolder.create(
        RunConfig(data="leaves", output=str(tmp_path / "runs")), date(2026, 1, 31)
    )
    rows = [range(0, 12, 2), range(1, 12, 4), range(3, 12, 4)]
    tl.datasets.Split(
        parts=tuple(data.subset(list(each)) for each in rows),
        names=("test", "train", "val"),
        fractions=(0.5, 0.25, 0.25),
        seed=0,
    ).save(run.split)
    run.model.write_bytes(b"a model")
    return run


@pytest.fixture
def copies(run, tmp_path):
    """The photos of the run, in another place and under other names."""
    for path in sorted((tmp_path / "leaves").rglob("*.png")):
        place = tmp_path / "copies" / path.parent.name / f"copy-of-{path.name}"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return tl.LeafDataset.from_folder(tmp_path / "copies")


@pytest.mark.parametrize("file", ["", "model.keras", "model.onnx"])
def test_photos_of_train_and_val_are_recognised_by_their_content(run, copies, file):
    assert photos_learned_from(run.path / file, copies) == 6


def test_a_model_outside_a_run_has_no_known_photos(run, copies, tmp_path):
    assert photos_learned_from(tmp_path / "leaf.keras", copies) == 0


def test_a_run_without_a_manifest_has_no_known_photos(run, copies):
    run.split.unlink()

    assert photos_learned_from(run.path, copies) == 0
