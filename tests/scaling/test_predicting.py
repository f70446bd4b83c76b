"""Each photo has one row, as from predict_photos, and a killed call can be continued."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from transferleaf.errors import BulkFolderError, ConfigError
from transferleaf.scaling import predict_photos_to, read_predictions

pytest.importorskip("pyarrow", reason='pip install "transferleaf[ray]" brings PyArrow')
fsspec = pytest.importorskip("fsspec", reason='pip install "transferleaf[ray]" brings fsspec')


def test_rows_say_what_predict_photos_says(classifier, photos, tmp_path):
    paths = sorted(photos.iterdir())

    done = predict_photos_to(classifier, photos, tmp_path / "found", top_k=2, photos_per_part=10)

    rows = read_predictions(tmp_path / "found").to_pylist()
    expected = classifier.predict_photos(paths, top_k=2)
    assert (done.photos, done.bad, len(done.parts), done.found_done) == (25, 1, 3, 0)
    assert [row["path"] for row in rows] == [str(path) for path in paths]
    same = ("label", "crop", "disease", "healthy", "verdict", "error")
    assert [[row[name] for name in same] for row in rows] == [
        [getattr(each, name) for name in same] for each in expected
    ]
    assert [top["probability"] for row in rows for top in row["top"]] == pytest.approx(
        [share for each in expected for _, share in each.top], abs=1e-5
    )


def test_verdicts_are_those_of_the_calibrated_classifier(classifier, photos, tmp_path):
    import numpy as np

    from transferleaf.calibrating.calibration import Calibration
    from transferleaf.calibrating.class_means import ClassMeans

    classifier.calibration = Calibration(
        temperature=1.0,
        precision=0.9,
        threshold=0.5,
        coverage=1.0,
        accuracy=1.0,
        farthest=None,
        photos=9,
    )
    classifier.class_means = ClassMeans(np.zeros((3, 64), np.float32))

    predict_photos_to(classifier, photos, tmp_path / "found")

    expected = classifier.predict_photos(sorted(photos.iterdir()))
    found = read_predictions(tmp_path / "found")["verdict"].to_pylist()
    assert found == [each.verdict for each in expected]


def test_photos_and_folder_may_be_urls(classifier, photos):
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.put(str(photos), "/clinic", recursive=True)

    done = predict_photos_to(classifier, "memory://clinic/*.png", "memory://found")

    rows = read_predictions("memory://found").to_pylist()
    assert (done.photos, done.bad) == (24, 0)
    assert [row["path"] for row in rows] == [f"memory:///clinic/{n:02}.png" for n in range(24)]


def test_only_parts_whose_photos_changed_are_computed_again(classifier, photos, tmp_path):
    import shutil

    copy = Path(shutil.copytree(photos, tmp_path / "photos"))
    predict_photos_to(classifier, copy, tmp_path / "found", photos_per_part=10)
    shutil.copy(photos / "01.png", copy / "00.png")

    done = predict_photos_to(classifier, copy, tmp_path / "found", photos_per_part=10)

    rows = read_predictions(tmp_path / "found").to_pylist()
    assert (done.found_done, done.bad, len(rows)) == (2, 1, 25)
    assert rows[0]["top"] == rows[1]["top"]


def test_another_classifier_needs_another_folder(classifier, photos, tmp_path):
    predict_photos_to(classifier, photos / "00.png", tmp_path / "found")
    classifier.weights[-1].assign([1.0, 0.0, 0.0])

    with pytest.raises(BulkFolderError, match=r"another call \(different: model\)"):
        predict_photos_to(classifier, photos / "00.png", tmp_path / "found")


@pytest.mark.slow
def test_a_killed_call_continues_from_its_parts(classifier, photos, tmp_path):
    model, found = tmp_path / "leaf.keras", tmp_path / "found"
    classifier.save(model)
    command = [sys.executable, "-m", "tests.scaling.killed_prediction", model, photos, found]
    root = Path(__file__).parents[2]

    killed = subprocess.run(command, cwd=root, capture_output=True, check=False)
    with pytest.raises(BulkFolderError):
        read_predictions(found)
    done = predict_photos_to(classifier, photos, found, photos_per_part=10)

    assert killed.returncode == -signal.SIGKILL
    assert (done.found_done, done.photos, done.bad) == (2, 25, 1)
    assert len(read_predictions(found)) == 25


def test_top_k_is_at_least_1(classifier, photos, tmp_path):
    with pytest.raises(ConfigError) as caught:
        predict_photos_to(classifier, photos, tmp_path, top_k=0)

    assert str(caught.value) == "top_k=0 must be a whole number of at least 1."
