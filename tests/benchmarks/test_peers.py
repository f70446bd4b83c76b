"""The comparison of accuracy over time: its clock, its judgement, and its page."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from benchmarks.peers.__main__ import MEASURED
from benchmarks.peers.comparing import front, verdicts
from benchmarks.peers.curve import Curve, Point, Recorder, read_curve
from benchmarks.peers.page import write_page
from benchmarks.peers.recipes import RECIPES
from tests.docs.pages import ROOT


def a_curve(*places: tuple[float, float], trained: str = "all") -> Curve:
    """A curve of pairs of seconds and accuracies."""
    points = [
        Point(trained=trained, seconds=seconds, accuracy=accuracy, loss=1 - accuracy)
        for seconds, accuracy in places
    ]
    return Curve(points=tuple(points), versions={"timm": "1.0"})


def test_the_clock_stops_during_evaluations():
    times = iter([0.0, 10.0, 25.0, 30.0, 100.0])
    recorder = Recorder(now=lambda: next(times))

    recorder.stop()  # at 10
    recorder.record("head", accuracy=0.5, loss=2.0)  # until 25
    recorder.stop()  # at 30
    recorder.record("all", accuracy=0.9, loss=0.4)  # until 100

    assert [point.seconds for point in recorder.points] == [10.0, 15.0]


def test_a_curve_survives_the_way_between_processes():
    curve = a_curve((10, 0.5), (20, 0.75))

    assert read_curve(f"a message of a library\n{json.dumps(asdict(curve))}\n") == curve


def test_a_library_is_compared_with_the_first_training_that_is_as_accurate():
    curves = {
        "timm": a_curve((100, 0.8), (400, 0.95), (500, 0.95)),
        "transferleaf, I": a_curve((80, 0.97)),
        "transferleaf, IV": a_curve((10, 0.94)),
        "transferleaf, IV, augmented": a_curve((40, 0.95)),
    }

    (verdict,) = verdicts(curves)

    assert verdict.ours == "transferleaf, IV, augmented"
    assert verdict.times == 10.0
    assert verdict.met


@pytest.mark.parametrize("seconds", [300, 399])
def test_less_than_ten_times_is_too_little(seconds):
    curves = {"timm": a_curve((seconds, 0.95)), "transferleaf, I": a_curve((40, 0.96))}

    assert not verdicts(curves)[0].met


def test_a_library_may_stay_more_accurate():
    curves = {"timm": a_curve((9000, 0.99)), "transferleaf, I": a_curve((40, 0.96))}

    (verdict,) = verdicts(curves)

    assert (verdict.ours, verdict.times, verdict.met) == (None, 0.0, False)


def test_the_front_leaves_out_trainings_that_a_faster_one_reaches():
    curves = {
        "timm": a_curve((5, 0.99)),
        "transferleaf, I": a_curve((80, 0.97)),
        "transferleaf, III": a_curve((50, 0.94)),
        "transferleaf, IV": a_curve((10, 0.94)),
    }

    assert [title for title, _ in front(curves)] == ["transferleaf, IV", "transferleaf, I"]


def results_of(
    curves: dict[str, Curve], photos_a_class: int | None = 60, machine: str = "2 cores"
) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "photos_a_class": photos_a_class,
            "machine": machine,
            "library": RECIPES[title].library,
            "settings": RECIPES[title].settings,
            "photos": {"train": 1740, "val": 435, "test": 3095},
            **asdict(curve),
        }
        for title, curve in curves.items()
    ]


def test_the_page_says_for_whom_the_target_is_missed(tmp_path):
    curves = {
        "plain Keras": a_curve((400, 0.9)),
        "timm": a_curve((400, 0.95)),
        "fastai": a_curve((300, 0.95)),
        "transferleaf, IV": a_curve((35, 0.96)),
    }
    page = tmp_path / "peers.md"

    write_page(page, results_of(curves))

    text = page.read_text("utf-8")
    assert "| timm | 0.9500 | 1 of 1 | 400 | 400 | IV (0.9600) | 35 | 11 | yes |" in text
    assert "| fastai | 0.9500 | 1 of 1 | 300 | 300 | IV (0.9600) | 35 | 8.6 | **no** |" in text
    assert "The target is missed for fastai." in text
    assert "were not measured" in text


def test_the_page_has_tables_of_all_photos_and_says_what_was_not_measured(tmp_path):
    few = {title: a_curve((400, 0.9)) for title in ("plain Keras", "timm", "fastai")}
    all_photos = {
        "timm": a_curve((3000, 0.97)),
        "transferleaf, IV": a_curve((60, 0.98)),
    }
    page = tmp_path / "peers.md"

    write_page(page, results_of(few) + results_of(all_photos, None))

    _, _, text = page.read_text("utf-8").partition("## All photos")
    assert "| timm | 0.9700 | 1 of 1 | 3,000 | 3,000 | IV (0.9800) | 60 | 50 | yes |" in text
    assert text.endswith("Not measured with all photos: plain Keras, fastai.\n")


def test_trainings_on_different_machines_are_not_compared(tmp_path):
    few = {title: a_curve((400, 0.9)) for title in ("plain Keras", "timm", "fastai")}
    fast = {"timm": a_curve((3000, 0.97)), "transferleaf, IV": a_curve((60, 0.98))}
    slow = {"fastai": a_curve((5000, 0.96)), "transferleaf, IV": a_curve((100, 0.98))}
    page = tmp_path / "peers.md"

    write_page(
        page,
        [*results_of(few), *results_of(fast, None, "fast"), *results_of(slow, None, "slow")],
    )

    _, _, text = page.read_text("utf-8").partition("## All photos")
    assert "| timm | 0.9700 | 1 of 1 | 3,000 | 3,000 | IV (0.9800) | 60 | 50 | yes |" in text
    assert "| fastai | 0.9600 | 1 of 1 | 5,000 | 5,000 | IV (0.9800) | 100 | 50 | yes |" in text
    assert text.endswith("Not measured with all photos: plain Keras.\n")


def test_the_page_of_the_docs_is_written_from_the_results(tmp_path):
    page = tmp_path / "peers.md"

    # If this fails, run: python -m benchmarks.peers --photos DATA --only nothing --page ...
    write_page(page, json.loads((ROOT / MEASURED).read_text("utf-8")))

    assert page.read_text("utf-8") == (ROOT / "docs/peers.md").read_text("utf-8")


def test_each_training_is_stored_with_the_settings_of_its_recipe():
    found = json.loads((ROOT / MEASURED).read_text("utf-8"))

    for training in found:
        assert training["settings"] == RECIPES[training["title"]].settings
