from __future__ import annotations

import numpy as np
import pytest

from transferleaf.reviewing.stopping import FEWEST_RIGHT, wrong_labels


def labels(number: int, *, share: float, slope: float = 1.5, seed: int = 0):
    """Suspicions in falling order, and which labels are wrong as they say."""
    rng = np.random.default_rng(seed)
    suspicions = np.sort(rng.beta(0.3, 3.0, number))[::-1]
    logits = slope * np.log(suspicions / (1 - suspicions)) + np.log(share / (1 - share))
    return suspicions, rng.random(number) < 1 / (1 + np.exp(-logits))


def test_nothing_is_said_of_the_rest_after_a_few_labels():
    suspicions, wrong = labels(600, share=0.5)

    told = wrong_labels(suspicions[:19], wrong[:19], suspicions[19:])

    assert (told.reviewed, told.left, told.in_next, told.enough) == (19, None, None, False)


def test_nothing_is_said_while_nearly_all_labels_were_wrong():
    wrong = np.arange(40) >= FEWEST_RIGHT - 1

    told = wrong_labels(np.full(40, 0.9), wrong, np.full(600, 0.1))

    assert (told.wrong, told.left, told.enough) == (36, None, False)


def test_a_review_is_worth_it_while_many_are_wrong_and_not_when_none_is_any_more():
    suspicions = np.linspace(0.99, 0.01, 600)
    first_wrong = np.arange(600) < 30

    early = wrong_labels(suspicions[:36], first_wrong[:36], suspicions[36:])
    late = wrong_labels(suspicions[:150], first_wrong[:150], suspicions[150:])

    assert not early.enough
    assert early.in_next > late.in_next
    assert late.enough
    assert late.low == 0


def test_more_wrong_labels_among_the_reviewed_mean_more_among_the_others():
    suspicions = np.linspace(0.95, 0.05, 400)
    few, many = np.arange(400) % 5 == 0, np.arange(400) % 2 == 0

    assert wrong_labels(suspicions[:50], many[:50], suspicions[50:]).left > (
        wrong_labels(suspicions[:50], few[:50], suspicions[50:]).left
    )


@pytest.mark.parametrize("reviewed", [60, 150])
def test_the_interval_mostly_holds_the_true_number(reviewed):
    held = 0
    for seed in range(20):
        suspicions, wrong = labels(600, share=0.3, seed=seed)
        told = wrong_labels(suspicions[:reviewed], wrong[:reviewed], suspicions[reviewed:])
        held += told.low <= wrong[reviewed:].sum() <= told.high

    assert held >= 17


def test_nothing_is_left_when_all_labels_were_reviewed():
    suspicions, wrong = labels(60, share=0.3)

    told = wrong_labels(suspicions, wrong, suspicions[:0])

    assert (told.left, told.low, told.high, told.enough) == (0.0, 0, 0, True)


def test_certain_suspicions_are_numbers_like_others():
    told = wrong_labels(np.array([0.0, 1.0] * 20), np.arange(40) % 2 == 1, np.array([0.0, 1.0]))

    assert np.isfinite(told.left)
