from dataclasses import replace

import pytest

from benchmarks.speed.job import Answer, Job
from benchmarks.speed.photos import Selection
from benchmarks.speed.results import Measurement, Results

MEASUREMENT = Measurement(
    contender="plain_keras",
    job=Job(task="fit", backbone="resnet50"),
    selection=Selection(layout="split"),
)
ANSWERS = (Answer(seconds=3.0, epoch_seconds=(3.0,)), Answer(seconds=1.0))


@pytest.fixture
def path(tmp_path):
    """A file with one measurement in it."""
    path = tmp_path / "runs" / "results.json"
    Results(path, "here").keep(MEASUREMENT, 0, ANSWERS)
    return path


def test_a_finished_measurement_is_found_by_a_later_call(path):
    assert Results(path, "here").find(MEASUREMENT, 0) == ANSWERS


@pytest.mark.parametrize(
    ("measurement", "repeat", "circumstances"),
    [
        (MEASUREMENT, 1, "here"),
        (MEASUREMENT, 0, "another machine"),
        (replace(MEASUREMENT, contender="timm_loop"), 0, "here"),
        (replace(MEASUREMENT, processes=2), 0, "here"),
        (replace(MEASUREMENT, selection=Selection(layout="split", photos=9)), 0, "here"),
        (replace(MEASUREMENT, job=replace(MEASUREMENT.job, batch_size=64)), 0, "here"),
    ],
    ids=["repeat", "circumstances", "contender", "processes", "photos", "job"],
)
def test_any_other_setting_makes_another_measurement(path, measurement, repeat, circumstances):
    assert Results(path, circumstances).find(measurement, repeat) is None


def test_how_often_it_is_repeated_does_not_make_a_measurement_another(path):
    assert Results(path, "here").find(replace(MEASUREMENT, repeats=5), 0) == ANSWERS


def test_what_a_contender_measured_can_be_forgotten(path):
    results = Results(path, "here")

    forgotten = results.forget(["plain_keras"]), results.forget(["plain_keras"])

    assert forgotten == (1, 0)
    assert Results(path, "here").find(MEASUREMENT, 0) is None
