from __future__ import annotations

import csv
import json
import os
from datetime import date

import pytest
from PIL import Image

from transferleaf.datasets.parts.split import Split
from transferleaf.errors import BadPhotosError
from transferleaf.files.whole_files import PART_SUFFIX, owner_mark
from transferleaf.model_files import load_classifier
from transferleaf.runs.config import RunConfig
from transferleaf.runs.folder import RunFolder
from transferleaf.runs.log import RunLog
from transferleaf.runs.preparing import prepare
from transferleaf.runs.training import RunResult, train_run
from transferleaf.text.wording import percent
from transferleaf.training.feeding.fewer_photos import smaller
from transferleaf.training.time_limit import Reading


def photo(path, number):
    """Make a photo of one of two classes, which differ in their colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (16, 16), (120 * (number % 2) + number, 60, 0)).save(path)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A run without a report that skips a broken photo of each part: its result and messages."""
    folder = tmp_path_factory.mktemp("run")
    for number in range(40):
        photo(folder / "photos" / "ab"[number % 2] / f"{number}.png", number)
    config = RunConfig(
        data=str(folder / "photos"),
        backbone="baseline_cnn",
        weights="none",
        image_size=32,
        freeze="II",
        epochs=2,
        skip_bad_photos=True,
        report=False,
        output=str(folder / "runs"),
    )
    prepared = prepare(config)
    for part in prepared.split:
        part.paths[0].write_bytes(b"no photo")
    prepared.split[0].paths[1].unlink()
    run = RunFolder.create(config, date(2026, 1, 31))
    # The state after a killed process. No process has this number.
    mark = owner_mark().replace(f"{os.getpid()}-", f"{2**31 - 1}-", 1)
    (run.path / f".{mark}{PART_SUFFIX}").write_bytes(b"half a fi")
    told: list[str] = []
    result = train_run(prepared, run, RunLog(run.log, told.append), verbose=0)
    return result, told


def test_a_finished_run_holds_all_files_but_the_report(done):
    run = done[0].run

    assert run.finished
    assert sorted(path.name for path in run.path.iterdir()) == [
        "config.toml",
        "history.csv",
        "history.json",
        "log.txt",
        "model.keras",
        "plan.json",
        "skipped.json",
        "split.csv",
        "tensorboard",
        "versions.json",
    ]


def test_the_result_says_how_many_photos_and_how_many_were_right(done):
    result, told = done

    assert (result.photos, result.test_photos) == (22, 7)
    assert (result.low, result.high) == (None, None)
    assert told[-1] == f"Accuracy {percent(result.accuracy)} on 7 test photos."


def test_every_photo_that_was_left_out_is_listed_with_its_reason(done):
    result, told = done
    run = result.run

    listed = json.loads(run.skipped.read_text())

    assert [photo["used_for"] for photo in listed] == ["training", "training", "validation", "test"]
    assert [photo["reason"] for photo in listed] == [
        "there is no such file.",
        *["it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image."] * 3,
    ]
    assert result.to_dict()["skipped_photos"] == listed
    assert f"4 photos could not be read and were left out: see {run.skipped}" in told
    log = run.log.read_text()
    assert all(f"left out of {each['used_for']}: {each['path']!r}: " in log for each in listed)


def test_the_history_is_the_same_as_a_table_and_as_json(done):
    run = done[0].run

    values = json.loads(run.history.with_suffix(".json").read_text())
    with run.history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["head", "0", "1"]
    assert values["head"].keys() == values["epochs"].keys() == rows[0].keys() - {"epoch"}
    for name, epochs in values["epochs"].items():
        assert [float(row[name]) for row in rows] == [values["head"][name], *epochs]


def test_the_saved_parts_are_those_that_were_trained_on(done):
    run = done[0].run

    split = Split.load(run.split, run.path.parent.parent / "photos")
    assert [len(part) for part in split] == [22, 7, 7]


def test_the_saved_model_is_calibrated(done):
    assert load_classifier(done[0].run.model).calibration is not None


def test_a_result_is_plain_values(tmp_path):
    run = RunFolder(tmp_path)

    result = RunResult(run=run, accuracy=0.5, low=0.4, high=0.6, photos=24, test_photos=8)

    assert json.loads(json.dumps(result.to_dict())) == {
        "run": str(tmp_path),
        "model": str(tmp_path / "model.keras"),
        "accuracy": 0.5,
        "low": 0.4,
        "high": 0.6,
        "train_photos": 24,
        "test_photos": 8,
        "skipped_photos": [],
    }


def test_a_run_adapts_to_photos_without_labels_and_its_card_says_so(tmp_path):
    for number in range(60):
        place = "walk" if number % 3 == 2 else f"photos/{'ab'[number % 2]}"
        photo(tmp_path / place / f"{number}.png", number)
    config = RunConfig(
        data=str(tmp_path / "photos"),
        backbone="baseline_cnn",
        weights="none",
        image_size=32,
        freeze="IV",
        skip_bad_photos=True,
        unlabeled=str(tmp_path / "walk"),
        output=str(tmp_path / "runs"),
    )
    (tmp_path / "walk" / "broken.png").write_bytes(b"no photo")
    run = RunFolder.create(config, date(2026, 1, 31))
    told: list[str] = []

    train_run(prepare(config), run, RunLog(run.log, told.append), verbose=0)

    listed = json.loads(run.skipped.read_text())
    assert [(each["used_for"], each["path"][-10:]) for each in listed] == [
        ("adaptation", "broken.png")
    ]
    assert f"1 photo could not be read and was left out: see {run.skipped}" in told
    [said] = [line for line in told if "photos without labels" in line]
    assert load_classifier(run.model).adaptation.photos == 20
    assert f"Adaptation: {said}" in run.card.read_text()
    assert said in run.report.with_suffix(".html").read_text()


def test_unreadable_photos_without_labels_are_refused_before_the_training(tmp_path):
    for number in range(20):
        photo(tmp_path / "photos" / "ab"[number % 2] / f"{number}.png", number)
    (tmp_path / "walk").mkdir()
    (tmp_path / "walk" / "broken.png").write_bytes(b"no photo")
    config = a_config(tmp_path, freeze="IV", unlabeled=str(tmp_path / "walk"))
    run = RunFolder.create(config, date(2026, 1, 31))

    with pytest.raises(BadPhotosError, match=r"broken\.png"):
        train_run(prepare(config), run, RunLog(run.log, print), verbose=0)

    assert not run.plan.exists()


def test_a_class_without_validation_photos_leaves_the_model_uncalibrated(tmp_path):
    for number in range(30):
        part = ("train", "test")[number >= 20]
        photo(tmp_path / "photos" / part / "ab"[number % 2] / f"{number}.png", number)
    photo(tmp_path / "photos" / "val" / "a" / "40.png", 40)
    config = a_config(tmp_path, freeze="II", epochs=1)
    run = RunFolder.create(config, date(2026, 1, 31))
    told: list[str] = []

    train_run(prepare(config), run, RunLog(run.log, told.append), verbose=0)

    assert load_classifier(run.model).calibration is None
    assert (
        "Not calibrated, because classes have no validation photos: the classes ['b'] have no "
        "photos; add photos of them, or leave these classes out."
    ) in told
    assert run.finished


def test_a_bad_photo_that_a_time_limit_left_unread_does_not_lose_the_training(
    tmp_path, monkeypatch
):
    for number in range(60):
        photo(tmp_path / "photos" / "ab"[number % 2] / f"{number}.png", number)
    config = a_config(tmp_path, freeze="IV", time_limit=600)
    prepared = prepare(config)
    run = RunFolder.create(config, date(2026, 1, 31))
    told: list[str] = []
    broken = []

    def half(feeds, *_, **__):
        # After the files were checked, a photo becomes unreadable that the fit will not read.
        used = smaller(feeds, 0.5, classes=2)["validation"].indexed.source.paths
        unused = [path for path in prepared.split[1].paths if path not in used]
        broken.append(unused[0])
        unused[0].write_bytes(b"no photo")
        return Reading(share=0.5)

    monkeypatch.setattr("transferleaf.training.fitting.affordable_reading", half)

    train_run(prepared, run, RunLog(run.log, told.append), verbose=0)

    assert load_classifier(run.model).calibration is not None
    [said] = [line for line in told if line.startswith("Left out of the calibration: 1 of ")]
    assert broken[0].name in said


def a_config(folder, **settings):
    return RunConfig(
        data=str(folder / "photos"),
        backbone="baseline_cnn",
        weights="none",
        image_size=32,
        report=False,
        output=str(folder / "runs"),
        **settings,
    )
