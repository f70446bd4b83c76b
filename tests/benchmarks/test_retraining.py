"""The measurements of retraining: what is compared, and the page."""

from __future__ import annotations

import json

import pytest

import transferleaf as tl
from benchmarks.retraining.__main__ import MEASURED
from benchmarks.retraining.faster import SCHEDULES
from benchmarks.retraining.limits import LIMITS
from benchmarks.retraining.page import write_page
from benchmarks.retraining.policies import VARIANTS
from tests.docs.pages import ROOT


def test_the_page_of_the_docs_is_written_from_the_results(tmp_path):
    page = tmp_path / "retraining.md"

    # If this fails, run: python -m benchmarks.retraining --photos DATA --only nothing --page ...
    write_page(page, json.loads((ROOT / MEASURED).read_text("utf-8")))

    assert page.read_text("utf-8") == (ROOT / "docs/retraining.md").read_text("utf-8")


def test_the_seconds_of_each_other_machine_have_their_own_mark(tmp_path):
    stored = json.loads((ROOT / MEASURED).read_text("utf-8"))
    machines = {
        "III": "usual",
        "I": "usual",
        "II": "usual",
        "IV": "second",
        "IV, averages": "third",
    }
    found = {
        name: {**stored[f"policies; 20; quadrant {name}"], "machine": machine}
        for name, machine in machines.items()
    }
    found["again"] = found["IV"]
    seconds = {name: f"{row['seconds']['total']:,.0f}" for name, row in found.items()}
    page = tmp_path / "retraining.md"

    write_page(page, found)

    text = page.read_text("utf-8")
    assert "Machine: usual.\nSeconds with \\*: second.\nSeconds with \\*\\*: third.\n" in text
    assert f"| {seconds['III']} |" in text
    assert f"| {seconds['IV']} \\* |" in text
    assert f"| {seconds['IV, averages']} \\*\\* |" in text


@pytest.mark.parametrize("title", [title for title, parts in SCHEDULES.items() if len(parts) > 1])
def test_schedules_of_several_parts_have_as_many_epochs_as_the_policy_with_60_photos(title):
    assert sum(part.epochs for part in SCHEDULES[title]) == 8


def test_each_time_limit_has_its_own_result():
    assert len({limit.key for limit in LIMITS}) == len(LIMITS)


def test_each_variant_differs_from_the_policy():
    late = tl.FreezePolicy.for_quadrant("I")

    assert [title for title, policy in VARIANTS.items() if policy == late] == ["quadrant I"]
