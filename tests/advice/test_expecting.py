"""From evidence to the expected accuracy of each choice."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pytest

from tests.advice.made import some_evidence, some_layers
from transferleaf.advice.evidence import AugmentationEvidence, CurvePoint
from transferleaf.advice.expecting import expectations, frozen_errors
from transferleaf.advice.landscape import Row, effect_of, landscape

HELPS = Row(
    photo_set="leaves",
    photos_a_class=100,
    divergence=0.15,
    choice="I",
    errors=500,
    frozen_errors=1000,
    only_one_wrong=700,
)


def curve(*points: tuple[float, int, float]) -> tuple[CurvePoint, ...]:
    return tuple(
        CurvePoint(share=share, photos=photos, accuracy=accuracy, deviation=0.01)
        for share, photos, accuracy in points
    )


def by_name(rows):
    found = expectations(some_evidence(), some_layers(), training_photos=600, rows=rows)
    return {each.name: each for each in found}


def test_errors_fall_along_the_learning_curve():
    halved = some_evidence(size={"learning_curve": curve((0.5, 300, 0.9), (1.0, 600, 0.95))})

    assert frozen_errors(halved, 1200).share == pytest.approx(0.025)
    assert frozen_errors(halved, 600).share == pytest.approx(0.05)
    # Half of the extrapolation is uncertain.
    assert frozen_errors(halved, 1200).deviation > frozen_errors(halved, 600).deviation


@pytest.mark.parametrize(
    "points",
    [(), ((1.0, 600, 0.95),), ((0.5, 300, 0.96), (1.0, 600, 0.95))],
    ids=["no curve", "one point", "falling accuracy"],
)
def test_without_a_rising_curve_the_errors_stay(points):
    evidence = some_evidence(size={"learning_curve": curve(*points)})

    assert frozen_errors(evidence, 2000).share == pytest.approx(0.05)


def test_a_choice_has_the_effect_that_it_had_on_similar_photos():
    found = by_name([HELPS])

    assert found["I"].accuracy > found["IV"].accuracy
    assert found["III"].accuracy == found["IV"].accuracy  # nothing is known about it
    assert found["III"].high - found["III"].low > found["IV"].high - found["IV"].low


def test_all_intervals_contain_the_accuracy_and_stay_in_range():
    for each in by_name([HELPS]).values():
        assert 0 <= each.low < each.accuracy < each.high <= 1
        assert each.seconds > 0


def test_rows_of_other_sizes_count_less():
    near = effect_of("I", photos_a_class=100, divergence=0.15, rows=[HELPS])
    far = effect_of("I", photos_a_class=2, divergence=0.15, rows=[HELPS])

    assert 0.5 < near.ratio < 0.75 < far.ratio < 1
    assert near.deviation < far.deviation


def test_without_a_divergence_only_the_size_counts():
    unknown = effect_of("I", photos_a_class=100, divergence=None, rows=[HELPS])

    assert unknown == effect_of("I", photos_a_class=100, divergence=0.15, rows=[HELPS])


def test_views_measured_on_these_photos_count_more_than_those_of_others():
    helps = AugmentationEvidence(photos=900, errors=90, augmented_errors=60, only_one_wrong=50)
    evidence = replace(some_evidence(), augmentation=helps)

    found = {each.name: each for each in expectations(evidence, None, training_photos=600, rows=[])}

    errors = {name: 1 - each.accuracy for name, each in found.items()}
    assert 0.67 * errors["IV"] < errors["IV, augmented"] < 0.85 * errors["IV"]
    assert errors["I, augmented"] == pytest.approx(errors["IV, augmented"])
    assert errors["I"] == errors["IV"]


def test_retraining_with_views_adds_to_the_effect_of_views():
    views = replace(HELPS, choice="IV, augmented")
    both = replace(HELPS, choice="I, augmented")

    errors = {name: 1 - each.accuracy for name, each in by_name([views, both]).items()}

    removed = errors["IV, augmented"] / errors["IV"]
    assert removed < 0.75
    assert errors["I, augmented"] / errors["IV, augmented"] == pytest.approx(removed)


def test_counts_are_compared_in_pairs():
    assert HELPS.log_ratio == pytest.approx(log(501 / 1001))
    assert 0 < HELPS.variance < 0.01


def test_the_landscape_of_the_library_covers_sizes_and_similarities():
    rows = landscape()

    assert {row.choice for row in rows} >= {"I", "III", "IV, augmented"}
    assert (
        min(row.photos_a_class for row in rows) < 20 < 40 < max(row.photos_a_class for row in rows)
    )
    assert min(row.divergence for row in rows) < 0.15 < 0.25 < max(row.divergence for row in rows)


def test_without_batch_norm_synthetic_photos_say_which_photos_are_similar():
    def ratio(made):
        similarity = {"divergences": (None,) * 3, "made_divergences": (made,) * 3}
        evidence = some_evidence(similarity=similarity)
        found = expectations(evidence, some_layers(), training_photos=600, rows=[HELPS])
        expected = {each.name: each for each in found}
        return (1 - expected["I"].accuracy) / (1 - expected["IV"].accuracy)

    alike = (HELPS.divergence / 1.04) ** (1 / 1.33)

    assert ratio(alike) < ratio(5 * alike) < 1.01
