"""Probes tell which stage's features serve the photos, and how sure that is."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.advice.measuring.labelled import Labelled
from transferleaf.advice.measuring.stage_probes import share_right, stage_probes
from transferleaf.errors import SplitError


def test_the_stage_that_tells_the_classes_is_found(painted):
    features, photos = painted(120)

    low, high = stage_probes(features, photos, widths=(4, 4), folds=3, seed=0)

    assert high.accuracy > 0.85 > 0.7 > low.accuracy > 1 / 3


def test_each_stage_is_told(painted):
    features, photos = painted()
    told: list[int] = []

    stage_probes(features, photos, widths=(4, 4), folds=3, seed=0, on_stage=told.append)

    assert told == [1, 2]


def test_a_seed_repeats_itself(painted):
    features, photos = painted()

    first, again = (stage_probes(features, photos, widths=(4, 4), folds=3, seed=1) for _ in "12")

    assert first == again


def test_photos_of_one_leaf_are_guessed_from_other_leaves():
    """Features that name each leaf would give away the label of its other photos."""
    own = np.repeat(np.arange(18), 4)
    labels = np.random.default_rng(0).permutation(np.arange(18) % 3)[own]
    photos = Labelled(labels=labels, leaves=tuple(map(str, own)), classes=tuple("abc"))

    (probe,) = stage_probes(np.eye(18, dtype="f4")[own], photos, widths=(18,), folds=3, seed=0)

    assert probe.accuracy < 0.6


def test_a_class_of_one_leaf_is_an_error(painted):
    features, photos = painted(5)

    with pytest.raises(SplitError, match="'Corn___rust' has 1"):
        stage_probes(features, photos, widths=(4, 4), folds=2, seed=0)


@pytest.mark.parametrize(
    ("right", "leaves", "deviation"),
    [
        # Two more photos, one right and one wrong: sqrt(0.5 * 0.5 / 102).
        ([1, 0] * 50, [None] * 100, 0.0495),
        # Pairs that are right or wrong together count as half as many.
        ([1, 1, 0, 0] * 25, [str(row // 2) for row in range(100)], 0.0693),
        # Pairs of which one is right: the leaf tells nothing, so all halves agree.
        ([1, 0] * 50, [str(row // 2) for row in range(100)], 0.0136),
    ],
    ids=["photos", "leaves", "mixed leaves"],
)
def test_the_error_is_one_over_leaves(right, leaves, deviation):
    photos = Labelled(labels=np.zeros(100, int), leaves=tuple(leaves), classes=("a", "b"))

    probe = share_right(np.array(right, bool), photos)

    assert (probe.accuracy, round(probe.deviation, 4)) == (0.5, deviation)
