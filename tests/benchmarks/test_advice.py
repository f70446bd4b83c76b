"""The benchmark of the advice: regrets, intervals, and the files that it writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.advice.cells import CHOICES, Cell, Result
from benchmarks.advice.page import measured_places, write_landscape
from benchmarks.advice.photo_sets import RealPhotos, photo_sets
from benchmarks.advice.places import Place, places_of
from benchmarks.advice.results import Results
from benchmarks.advice.tables import coverage, price_table, regrets_of_all
from benchmarks.markdown import replaced
from tests.advice.made import some_evidence, some_layers
from transferleaf.advice.landscape import landscape

ROOT = Path(__file__).parents[2]
NOWHERE = RealPhotos(plantvillage=ROOT, leaves=ROOT, field=ROOT, steel=ROOT)


def a_result(right: int, *, of: int = 200, seconds: float = 10.0) -> Result:
    """A training after which the first ``right`` of the test photos are classified correctly."""
    bits = np.arange(of) < right
    return Result(
        photos=480,
        right=np.packbits(bits).tobytes().hex(),
        class_counts=[of // 2, of // 2],
        balanced=False,
        seconds={"total": seconds},
        epochs=0,
        best_epoch=0,
    )


def a_place(name: str, **right: int) -> Place:
    return Place(
        photo_set=name,
        family=name,
        size="all",
        results={choice.replace("__", ", "): (a_result(n),) for choice, n in right.items()},
        evidence=(some_evidence(),),
    )


def test_a_result_remembers_which_photos_are_right():
    result = a_result(150)

    assert result.accuracy == 0.75
    assert (result.corrects[0], result.corrects[-1], len(result.corrects)) == (True, False, 200)


def test_each_class_counts_the_same_if_photos_are_drawn_by_class():
    natural = replace(a_result(150), class_counts=[150, 50])
    drawn = replace(natural, balanced=True)

    assert (natural.accuracy, natural.expected_accuracy) == (0.75, 0.75)
    assert (drawn.accuracy, drawn.expected_accuracy) == (0.75, 0.5)


def test_regret_is_the_distance_from_the_best_choice():
    place = a_place("a", IV=170, III=180, I=160)

    assert place.best == "III"
    assert place.regret(["I"]) == pytest.approx(10)
    assert place.regret(["III"]) == pytest.approx(0)


def test_the_landscape_compares_each_choice_with_a_frozen_base():
    (row,) = a_place("a", IV=170, I=180).rows()

    assert (row.choice, row.errors, row.frozen_errors, row.only_one_wrong) == ("I", 20, 30, 10)
    assert row.photos_a_class == 80


def test_retraining_with_views_is_compared_with_a_frozen_base_with_views():
    place = a_place("a", IV=140, IV__augmented=170, I__augmented=180)

    frozen = {row.choice: row.frozen_errors for row in place.rows()}

    assert frozen == {"IV, augmented": 60, "I, augmented": 30}


def test_the_advice_learns_from_other_photo_sets():
    places = [a_place(name, IV=140, I=180) for name in "abcdef"]

    advice, family, never, always = regrets_of_all(places)

    assert (advice.name, advice.mean) == ("advice, photo set unseen", pytest.approx(0))
    assert family.mean == pytest.approx(0)
    assert (never.name, never.mean) == ("always IV", pytest.approx(20))
    assert (always.name, always.mean) == ("always I", pytest.approx(0))


def test_expensive_time_leads_to_the_frozen_base():
    slow = replace(some_evidence(), forward_seconds=1.0)
    places = [
        replace(a_place(name, IV=140, I=142), evidence=(slow,), layers=some_layers())
        for name in "abcdef"
    ]

    free, *_, expensive = (line.split(" | ") for line in price_table(places).splitlines()[2:])

    assert (free[0], free[1]) == ("| 0 %", "0.00")
    assert float(expensive[1]) == pytest.approx(1.0)


def test_coverage_counts_accuracies_in_their_intervals():
    expected_95_percent = [a_place(name, IV=190) for name in "ab"]
    far_off = [a_place(name, IV=100) for name in "cd"]

    share, error = coverage([*expected_95_percent, *far_off])

    assert share == 0.5
    assert error > 20


def a_cell(seed: int = 0) -> Cell:
    return Cell(photo_set="a", per_class=5, seed=seed)


def test_the_splits_of_a_photo_set_are_joined():
    runs = {
        a_cell(seed): {choice: a_result(right) for choice in CHOICES}
        for seed, right in enumerate((150, 170))
    }
    evidence = dict.fromkeys(runs, some_evidence().to_dict())

    (place,) = places_of(runs, evidence, {"a": "a"})

    assert place.accuracy("IV") == pytest.approx(0.8)
    assert place.test_photos == 400


def test_a_cell_without_evidence_or_without_a_choice_is_left_out():
    whole = {choice: a_result(10) for choice in CHOICES}
    evidence = {a_cell(): some_evidence().to_dict()}

    assert len(places_of({a_cell(): whole}, evidence, {"a": "a"})) == 1
    assert places_of({a_cell(): whole}, {}, {"a": "a"}) == []
    del whole["II"]
    assert places_of({a_cell(): whole}, evidence, {"a": "a"}) == []


def test_photo_sets_with_few_test_photos_have_two_splits(tmp_path):
    seeds = {each.name: each.seeds for each in photo_sets(NOWHERE, tmp_path)}

    assert {name for name, number in seeds.items() if number == 2} == {
        "field leaves",
        "steel",
        "drawn leaves",
        "digits",
    }


def test_results_are_kept_and_read_again(tmp_path):
    cell, results = a_cell(), Results(tmp_path / "measured.json")
    results.keep_run(cell, "I", a_result(10))
    results.keep_evidence(cell, "net", {"found": 1})
    results.keep_evidence(cell, "net", {"found": 2})

    assert results.runs() == {cell: {"I": a_result(10)}}
    assert results.evidence("net") == {cell: {"found": 2}}


def test_the_library_has_the_landscape_that_was_measured(tmp_path):
    results = Results(ROOT / "benchmarks" / "advice" / "measured.json")
    places = measured_places(results, photo_sets(NOWHERE, ROOT), "efficientnet_lite0")

    write_landscape(tmp_path / "landscape.json", places)

    written = json.loads((tmp_path / "landscape.json").read_text())
    assert [row["errors"] for row in written] == [row.errors for row in landscape()]


def test_a_page_without_the_mark_is_refused():
    with pytest.raises(ValueError, match="needs one place marked 'a', and has 0"):
        replaced("no marks", "a", "table")
