"""Selection of the lowest threshold that is shown to reach the precision."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.calibrating.selecting import chance_of_few, photos_needed, sure_threshold


def answers(photos: int, seed: int):
    """Photos whose top probability is exactly the rate at which they are correct."""
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.5, 1.0, photos)
    return confidence, rng.random(photos) < confidence


@pytest.mark.parametrize("precision", [0.8, 0.9, 0.95])
def test_new_photos_above_the_threshold_reach_the_precision(precision):
    threshold = sure_threshold(*answers(4000, seed=0), precision=precision)

    confidence, right = answers(100_000, seed=1)
    assert precision <= right[confidence >= threshold].mean() < precision + 0.05


def test_a_classifier_below_the_precision_seldom_passes_by_luck():
    rng = np.random.default_rng(0)
    found = [
        sure_threshold(rng.random(100), rng.random(100) < 0.9, precision=0.95) for _ in range(400)
    ]

    assert sum(threshold is not None for threshold in found) <= 0.05 * 400


def test_all_photos_are_covered_if_all_reach_the_precision():
    confidence = np.linspace(0.3, 1.0, 500)

    assert sure_threshold(confidence, np.ones(500), precision=0.95) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("photos", "right"), [(20, True), (500, False)], ids=["too few photos", "all wrong"]
)
def test_no_threshold_is_found_if_none_can_be_shown(photos, right):
    confidence = np.linspace(0.3, 1.0, photos)

    assert sure_threshold(confidence, np.full(photos, right), precision=0.95) is None


def test_equally_sure_photos_are_answered_together():
    confidence = [0.9] * 200 + [0.6] * 200
    right = [True] * 200 + [True, False] * 100

    assert sure_threshold(confidence, right, precision=0.95) == 0.9


def test_chances_are_those_of_the_binomial_distribution():
    # None of five, or one at one of five positions.
    assert chance_of_few(1, 5, share=0.3) == pytest.approx(0.52822)


def test_chances_of_very_many_trials_are_numbers():
    assert chance_of_few(5000, 100_000, share=0.05) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("photos", "mistakes"), [(64, 0), (240, 4), (480, 10)])
def test_a_few_hundred_photos_prove_a_precision_of_95_percent(photos, mistakes):
    confidence = np.linspace(1, 0.5, photos)
    right = np.arange(photos) < photos - mistakes

    threshold = sure_threshold(confidence, right, precision=0.95)

    assert (confidence >= threshold).mean() > 0.5


def test_a_leaf_is_one_trial_however_many_photos_show_it():
    confidence, right = np.full(200, 0.9), np.ones(200, bool)
    leaves = [row // 10 for row in range(200)]

    assert sure_threshold(confidence, right, precision=0.95) == 0.9
    assert sure_threshold(confidence, right, precision=0.95, leaves=leaves) is None


@pytest.mark.parametrize("photos", [10, 20])
def test_the_estimated_number_of_photos_is_enough(photos):
    confidence = np.full(photos, 0.9)

    needed = photos_needed(confidence, np.ones(photos), precision=0.9)

    assert sure_threshold(confidence, np.ones(photos), precision=0.9) is None
    assert sure_threshold(np.full(needed, 0.9), np.ones(needed), precision=0.9) == 0.9


def test_no_number_of_photos_helps_a_classifier_that_is_never_good_enough():
    assert photos_needed(np.full(40, 0.9), np.arange(40) % 2, precision=0.9) is None
