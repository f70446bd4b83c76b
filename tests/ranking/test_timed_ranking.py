"""Ranking within a time limit, with a clock that only measurements move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.advice.made import some_advice, some_evidence
from transferleaf.backbones import Backbone, Stage
from transferleaf.datasets import LeafDataset
from transferleaf.errors import PretrainedWeightsError
from transferleaf.ranking import timed_ranking
from transferleaf.ranking.timed_ranking import rank_in_time, seconds_for_a_photo

WORK = {"large": 400, "small": 100, "middle": 200}


class Machine:
    """A machine that needs 10 ms for a photo with the backbone ``small``, and counts its time."""

    def __init__(self) -> None:
        self.time = 0.0
        self.measured: list[tuple[str, int]] = []
        self.told: list[str] = []
        self.absent: set[str] = set()
        self.slower = 1.0

    def photo_seconds(self, data: LeafDataset, name: str) -> float:
        if name in self.absent:
            raise PretrainedWeightsError(name, source="a server", reason="no network")
        return 0.01 * WORK[name] / 100

    def advise_on(self, data: LeafDataset, name: str):
        if name in self.absent:
            raise PretrainedWeightsError(name, source="a server", reason="no network")
        self.measured.append((name, len(data)))
        self.time += self.slower * len(data) * 0.01 * WORK[name] / 100
        return some_advice(some_evidence(backbone=name, accuracy=0.9))

    def rank(self, data: LeafDataset, seconds: float):
        return rank_in_time(
            data,
            WORK,
            self.advise_on,
            seconds=seconds,
            photo_seconds=self.photo_seconds,
            tell=self.told.append,
            now=lambda: self.time,
        )


@pytest.fixture
def machine() -> Machine:
    return Machine()


def photos_of(number: int, *, folder: Path = Path("/nowhere")) -> LeafDataset:
    """Photos of two classes, two of each leaf."""
    return LeafDataset(
        paths=tuple(folder / f"{row:04}.png" for row in range(number)),
        labels=np.arange(number) % 2,
        classes=("Bean___healthy", "Bean___rust"),
        leaves=tuple(f"{row % 2} {row // 4}" for row in range(number)),
        origin="a test",
    )


def test_all_photos_are_compared_if_the_time_is_enough(machine: Machine):
    machine.rank(photos_of(1000), seconds=400)

    assert machine.measured == [("small", 1000), ("middle", 1000), ("large", 1000)]
    assert machine.told == []


def test_otherwise_all_are_compared_on_the_same_sample(machine: Machine):
    machine.rank(photos_of(1000), seconds=180)

    # A fifth of the time is for passes of 10, 20 and 40 ms a photo.
    assert machine.measured == [("small", 514), ("middle", 514), ("large", 514)]
    assert machine.told == ["Compared on 514 of 1,000 photos, to keep the time limit of 3 min 0 s."]
    assert machine.time <= 180


def test_a_sample_has_enough_photos_of_each_class(machine: Machine):
    found = machine.rank(photos_of(1000), seconds=1)

    assert machine.measured == [("small", 20), ("middle", 20)]
    assert found.failed == {
        "large": "it would take about 0.8 s, and 0.4 s are left of the time limit of 1.0 s "
        "(--seconds)"
    }


def test_what_would_exceed_the_limit_is_not_started(machine: Machine):
    machine.slower = 8.0  # than the passes let expect

    found = machine.rank(photos_of(1000), seconds=180)

    assert [name for name, _ in machine.measured] == ["small", "middle"]
    assert list(found.failed) == ["large"]
    assert machine.time <= 180


def test_the_cheapest_is_always_measured(machine: Machine):
    machine.slower = 100.0

    found = machine.rank(photos_of(1000), seconds=1)

    assert [name for name, _ in machine.measured] == ["small"]
    assert found.failed["large"] == "the time limit of 1.0 s was reached (--seconds)"


def test_the_speed_is_that_of_the_first_backbone_that_works(machine: Machine):
    machine.absent.add("small")

    found = machine.rank(photos_of(1000), seconds=180)

    assert machine.measured == [("middle", 514), ("large", 514)]
    assert list(found.failed) == ["small"]


def test_few_photos_are_not_sampled(machine: Machine, monkeypatch):
    monkeypatch.setattr(machine, "photo_seconds", None)

    machine.rank(photos_of(12), seconds=10)

    assert machine.measured == [("small", 12), ("middle", 12), ("large", 12)]


def test_the_seconds_for_a_photo_are_measured(tiny_network, tmp_path: Path, monkeypatch):
    data = photos_of(40, folder=tmp_path)
    for path in data.paths:
        Image.new("RGB", (16, 16), (90, 120, 30)).save(path)
    tiny = Backbone.from_model(tiny_network(), [Stage(name="high_out", last_layer="high_out")])
    monkeypatch.setattr(timed_ranking, "resolve_backbone", lambda *_, **__: tiny)

    assert 0 < seconds_for_a_photo(data, "tiny") < 10
