"""The times of backbones: what a pass is, how two are compared, and the page."""

from __future__ import annotations

import json
from fnmatch import fnmatch

import numpy as np
import pytest

from benchmarks.backbones import __main__ as command
from benchmarks.backbones import passes
from benchmarks.backbones.page import backbone_table, keras_table, write_tables
from benchmarks.backbones.passes import frozen_pass, in_turn, photos_of, plain_pass, ratio
from tests.backbones.tinyformer import TINYFORMER
from tests.docs.pages import ROOT
from transferleaf.backbones import list_backbones

PAGE = ROOT / "docs/which-backbone.md"


@pytest.fixture(scope="module")
def measured() -> dict:
    return json.loads(command.MEASURED.read_text("ascii"))


@pytest.fixture
def small(monkeypatch) -> None:
    monkeypatch.setattr(passes, "get_backbone", lambda name: TINYFORMER)


def test_a_pass_computes_the_features_of_all_photos_on_the_engine_of_a_fit(small):
    run, size, engine = frozen_pass("tinyformer")

    assert sum(run(photos_of(size, 40))) == 40
    assert engine.startswith(("OpenVINO", "TensorFlow"))


def test_the_plain_pass_is_that_of_keras_on_the_same_network(small):
    found = plain_pass("tinyformer")(photos_of(32, 3))

    assert found.shape == (3, 4, 4, 16)


def test_two_passes_run_in_turn(monkeypatch):
    order = []
    monkeypatch.setattr(passes, "_SECONDS", 0.0)

    first, second = in_turn(
        lambda photos: order.append(("first", photos.shape)),
        lambda photos: order.append(("second", photos.shape)),
        8,
        16,
    )

    assert len(first) == len(second) == passes._ROUNDS
    rounds = order[-2 * passes._ROUNDS :]
    assert rounds == [("first", (4, 8, 8, 3)), ("second", (4, 16, 16, 3))] * passes._ROUNDS


def test_the_ratio_is_the_median_so_a_disturbed_round_does_not_count():
    assert ratio([1.0, 1.0, 1.0], [2.0, 90.0, 2.2]) == 2.2


def test_each_result_is_kept_and_the_reference_is_the_fastest(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "MEASURED", tmp_path / "measured.json")
    each = {"reference_seconds_a_photo": [0.03, 0.02]}

    command._keep({"passes": {"a": each, "b": {"reference_seconds_a_photo": [0.05]}}})

    kept = json.loads((tmp_path / "measured.json").read_text("ascii"))
    assert kept["reference_seconds"] == 0.02
    assert list(kept["passes"]) == ["a", "b"]


def test_every_listed_backbone_is_measured(measured):
    listed = [
        name
        for name in list_backbones()
        if not any(fnmatch(name, pattern) for pattern in command._LEFT_OUT)
    ]

    assert set(measured["passes"]) == set(listed)
    assert set(measured["beside_keras"]) == set(command.BESIDE_KERAS)


def test_the_rows_go_from_fast_to_slow_and_scale_the_reference(measured):
    few = {"resnet50": {"ratio": 4.0}, "efficientnet_lite0": {"ratio": 1.0}}

    rows = backbone_table({"passes": few, "reference_seconds": 0.0125}).splitlines()[2:]

    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [row[0] for row in cells] == ["`efficientnet_lite0`", "`resnet50`"]
    assert [row[4:6] for row in cells] == [["12", "1.0"], ["50", "4.0"]]


def test_the_page_has_what_was_measured(measured, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE.read_text("utf-8"), "utf-8")

    write_tables(page, measured)

    assert page.read_text("utf-8") == PAGE.read_text("utf-8")
    assert keras_table(measured) in PAGE.read_text("utf-8")


def test_random_photos_are_the_same_each_time():
    np.testing.assert_array_equal(photos_of(8, 2), photos_of(8, 2))
