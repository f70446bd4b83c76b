"""The measured landscape: what each choice changed on data sets of known size and similarity.

``python -m benchmarks.advice`` measures it and writes ``landscape.json``. Each row has the numbers
of test errors of a choice and of a frozen base, on the same photos of one data set: a choice that
retrains stages with augmented views is compared with quadrant IV with these views, every other
choice with quadrant IV.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log, sqrt

import numpy as np

# Data sets count in full if they are equal, and by a third if they have three times as many photos
# of a class or three times the divergence.
_SIZE_SCALE = _DIVERGENCE_SCALE = log(3.0)

# The standard deviation, over data sets, of the logarithm of the ratio of errors: before anything
# is measured, and between data sets of the same size and similarity.
_PRIOR, _BETWEEN = 0.2, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A choice on one data set, compared with its frozen base; see ``frozen_choice``.

    Attributes:
        photo_set: Name of the data set.
        photos_a_class: Training photos of each class, on average.
        divergence: Divergence of the batch-norm statistics of the early stages, in nats.
        choice: Name of the choice; see ``Expectation.name``.
        errors: Wrong test photos of the choice.
        frozen_errors: Wrong test photos of the frozen base.
        only_one_wrong: Test photos that one of the two classifies correctly.
    """

    photo_set: str
    photos_a_class: float
    divergence: float
    choice: str
    errors: int
    frozen_errors: int
    only_one_wrong: int

    @property
    def log_ratio(self) -> float:
        """Logarithm of the ratio of errors; below 0 if the choice has fewer."""
        return log_ratio(self.errors, self.frozen_errors)

    @property
    def variance(self) -> float:
        """Sampling variance of ``log_ratio``."""
        return paired_variance(self.errors, self.frozen_errors, self.only_one_wrong)


def log_ratio(errors: int, frozen_errors: int) -> float:
    """Return the logarithm of the ratio of two numbers of errors, each with one added."""
    return log((errors + 1) / (frozen_errors + 1))


def paired_variance(errors: int, frozen_errors: int, only_one_wrong: int) -> float:
    """Return the sampling variance of ``log_ratio`` for errors on the same photos."""
    return (only_one_wrong + 1) / ((errors + 1) * (frozen_errors + 1))


def frozen_choice(choice: str) -> str:
    """Return the choice with a frozen base that a choice is compared with.

    >>> frozen_choice("I, augmented"), frozen_choice("I"), frozen_choice("IV, augmented")
    ('IV, augmented', 'IV', 'IV')
    """
    return "IV, augmented" if choice == "I, augmented" else "IV"


@cache
def landscape() -> tuple[Row, ...]:
    """Read the measured landscape.

    >>> sorted({row.choice for row in landscape()})[0]
    'I'
    """
    text = files("transferleaf.advice").joinpath("landscape.json").read_text("utf-8")
    return tuple(Row(**entry) for entry in json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The effect of a choice on the errors of its frozen base.

    Attributes:
        ratio: Expected errors as a multiple of those of the frozen base.
        deviation: Standard deviation of the logarithm of this ratio.
    """

    ratio: float
    deviation: float


def effect_of(
    choice: str, *, photos_a_class: float, divergence: float | None, rows: Sequence[Row]
) -> Effect:
    """Estimate the effect of a choice from measured data sets.

    A weighted mean of the logarithms of the ratios. Rows of similar size and divergence and with
    many errors count most. It shrinks to no effect where little is known.

    Args:
        choice: Name of the choice; see ``Expectation.name``.
        photos_a_class: Training photos of each class, on average.
        divergence: Divergence of the early stages, in nats. ``None`` if unknown.
        rows: The measured landscape.

    >>> same = {"photo_set": "a", "photos_a_class": 60, "divergence": 0.1}
    >>> row = Row(**same, choice="I", errors=60, frozen_errors=80, only_one_wrong=40)
    >>> effect = effect_of("I", photos_a_class=60, divergence=0.1, rows=[row])
    >>> 0.75 < effect.ratio < 1
    True
    """
    if choice == "IV":
        return Effect(ratio=1.0, deviation=0.0)
    weights, ratios = [1 / _PRIOR**2], [0.0]
    for row in rows:
        if row.choice == choice:
            distance = log(row.photos_a_class / photos_a_class) / _SIZE_SCALE
            if divergence is not None:
                distance = np.hypot(
                    distance, log(row.divergence / max(divergence, 1e-3)) / _DIVERGENCE_SCALE
                )
            weights.append(exp(-(distance**2)) / (row.variance + _BETWEEN**2))
            ratios.append(row.log_ratio)
    mean = float(np.average(ratios, weights=weights))
    return Effect(ratio=exp(mean), deviation=sqrt(1 / sum(weights) + _BETWEEN**2))
