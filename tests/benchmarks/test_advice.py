"""The benchmark of the advice: its rule, its tables, and that the library has what it found."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.advice.cells import Cell, PolicyResult
from benchmarks.advice.page import measured_places, replaced
from benchmarks.advice.photo_sets import RealPhotos, photo_sets
from benchmarks.advice.places import Place, places_of
from benchmarks.advice.results import Results
from benchmarks.advice.rules import fit_rule, regret_of
from benchmarks.advice.tables import advised_rule, policy_table
from tests.advice.made import some_evidence
from transferleaf.advice.evidence import Evidence
from transferleaf.advice.thresholds import DIVERGENCE, PHOTOS

ROOT = Path(__file__).parents[2]
NOWHERE = RealPhotos(plantvillage=ROOT, leaves=ROOT, field=ROOT, steel=ROOT)


@pytest.fixture(scope="module")
def places():
    """What was measured."""
    results = Results(ROOT / "benchmarks" / "advice" / "measured.json")
    sets = photo_sets(NOWHERE, ROOT)
    return measured_places(results, sets, ["efficientnet_lite0"])["efficientnet_lite0"]


def a_place(name, *, photos, similarity, **accuracies):
    """A place where the photos are worth a similarity, and policies reach accuracies."""
    stages = {"divergences": (similarity, similarity, None)}
    return Place(
        photo_set=name,
        family=name,
        size="all",
        accuracies={policy: (accuracy,) for policy, accuracy in accuracies.items()},
        evidence=(some_evidence(size={"photos": photos}, similarity=stages),),
    )


def photos_of(evidence: Evidence) -> float:
    return evidence.size.photos


def similarity_of(evidence: Evidence) -> float:
    return evidence.similarity.divergences[0]


def test_the_librarys_borders_are_those_that_were_measured(places):
    rule = advised_rule(places)

    similar, large = np.exp(np.negative(rule.similar_from)), np.exp(rule.large_from)
    assert (DIVERGENCE.highest, DIVERGENCE.lowest) == pytest.approx(similar, rel=1e-3)
    assert (PHOTOS.lowest, PHOTOS.highest) == pytest.approx(large, rel=1e-3)


def test_every_set_was_measured_at_every_size_with_every_seed(places):
    assert len(places) == 27
    assert {len(place.evidence) for place in places} == {3}


def test_regret_is_the_distance_from_the_best_policy():
    place = a_place("a", photos=10, similarity=0.1, I=0.8, II=0.7, III=0.9, IV=0.85)

    assert place.best == "III"
    assert regret_of(place, lambda _: "I") == pytest.approx(10)
    assert regret_of(place, lambda _: "III") == pytest.approx(0)


def test_borders_lie_where_the_policies_lose_least():
    small = {"I": 0.5, "II": 0.5, "III": 0.9, "IV": 0.9}
    large = {"I": 0.9, "II": 0.9, "III": 0.5, "IV": 0.5}
    places = [
        a_place("a", photos=10, similarity=0.1, **small),
        a_place("b", photos=50, similarity=0.9, **small),
        a_place("c", photos=90, similarity=0.1, **large),
        a_place("d", photos=95, similarity=0.9, **large),
    ]

    rule = fit_rule(places, similarity_of, photos_of)

    assert rule.large_from == (50, 90)
    assert rule.similar_from == (0.1, 0.9)
    assert [rule.choose(place.evidence[0]) for place in places] == ["III", "IV", "II", "I"]


def test_epochs_that_took_the_heads_place_are_counted_and_compared_with_it():
    def ended(accuracy: float, best_epoch: int) -> PolicyResult:
        return PolicyResult(accuracy=accuracy, seconds=30.0, best_epoch=best_epoch)

    others = dict.fromkeys(("II", "III", "IV"), ended(0.5, 0))
    runs = {
        Cell(photo_set=name, per_class=5, seed=0): {"I": tuned, **others}
        for name, tuned in [("a", ended(0.54, 3)), ("b", ended(0.48, 2)), ("c", ended(0.5, 0))]
    }
    runs[Cell(photo_set="d", per_class=5, seed=0)] = {"I": ended(0.9, 1)}

    rows = policy_table(runs).splitlines()

    assert rows[2] == "| I | 3 | 2 | 1 | 1 | 4.0 | 2.0 | 30 |"
    assert rows[5] == "| IV | 3 | 0 | 0 | 0 | 0.0 | 0.0 | 30 |"


def test_a_cell_that_is_not_finished_is_left_out():
    cell = Cell(photo_set="a", per_class=5, seed=0)
    result = PolicyResult(accuracy=0.5, seconds=1.0, best_epoch=0)

    found = places_of({cell: {"I": result}}, {cell: some_evidence().to_dict()}, {"a": "a"})

    assert found == []


def test_runs_are_forgotten_and_evidence_stays(tmp_path):
    cell, results = Cell(photo_set="a", per_class=5, seed=0), Results(tmp_path / "measured.json")
    results.keep_run(cell, "I", PolicyResult(accuracy=0.5, seconds=1.0, best_epoch=0))
    results.keep_evidence(cell, "net", {"found": 1})

    results.forget_runs()

    assert results.runs() == {}
    assert results.evidence("net") == {cell: {"found": 1}}


def test_a_page_without_the_mark_is_refused():
    with pytest.raises(ValueError, match="needs one place marked 'a', and has 0"):
        replaced("no marks", "a", "table")
