"""Rules that choose a policy from evidence, fitted on some data sets and tried on others."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.advice.places import Place
from benchmarks.advice.signals import Signal
from transferleaf.advice.evidence import Evidence
from transferleaf.quadrant import DataSize, Quadrant, Similarity

# Mean regrets closer than this, in points, are equal: three seeds tell no more.
_NOISE = 0.1

# What a person would say of the data sets' looks: photos of plants are among ImageNet's.
_LOOK_NATURAL = ("plantvillage", "field leaves", "drawn leaves", "field leaves, blurred")

_TEXTBOOK_LARGE = 1000
"""Photos a class. P. Marcelino, Transfer learning from pre-trained models (2018)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuadrantRule:
    """Two borders, and the quadrant between them.

    Attributes:
        similarity: What the horizontal axis measures.
        size: What the vertical axis measures.
        similar_from: Values from here on are similar; with the values on both sides that no
            measurement lies between.
        large_from: Values from here on are much data; the same.
    """

    similarity: Signal
    size: Signal
    similar_from: tuple[float, float]
    large_from: tuple[float, float]

    def choose(self, evidence: Evidence) -> str:
        """The policy for what was measured."""
        similar = self.similarity(evidence) > np.mean(self.similar_from)
        large = self.size(evidence) > np.mean(self.large_from)
        return Quadrant.of(
            DataSize.LARGE if large else DataSize.SMALL,
            Similarity.HIGH if similar else Similarity.LOW,
        ).value


def fit_rule(places: Sequence[Place], similarity: Signal, size: Signal) -> QuadrantRule:
    """Find borders between the quadrants.

    Similarity is divided where measurements leave the widest gap. Given that, the size is divided
    where the policies lose least accuracy; of borders that do as well, up to noise, the one in the
    widest gap is taken.
    """
    borders = [_gaps(places, signal) for signal in (similarity, size)]
    regrets = _regrets(places, [(similarity, borders[0]), (size, borders[1])])
    similar = _widest(borders[0], np.ones(len(borders[0]), bool))
    large = _widest(borders[1], regrets[similar] <= regrets[similar].min() + _NOISE)
    return QuadrantRule(
        similarity=similarity,
        size=size,
        similar_from=borders[0][similar],
        large_from=borders[1][large],
    )


def regret_of(place: Place, choose: Callable[[Evidence], str]) -> float:
    """Regret of a way to choose at one place, in points."""
    return place.regret([choose(evidence) for evidence in place.evidence])


def _regrets(
    places: Sequence[Place], axes: Sequence[tuple[Signal, Sequence[tuple[float, float]]]]
) -> np.ndarray:
    """Mean regret, in points, for each pair of a similarity border and a size border."""
    beyond = [
        np.array(
            [
                [
                    signal(evidence) > np.mean(border)
                    for place in places
                    for evidence in place.evidence
                ]
                for border in borders
            ],
            float,
        )
        for signal, borders in axes
    ]
    similar, large = beyond
    # All seeds of a place count together as much as those of any other.
    weights = np.concatenate([[1 / len(place.evidence)] * len(place.evidence) for place in places])
    taken = {
        policy: weights * np.concatenate([place.accuracies[policy] for place in places])
        for policy in ("I", "II", "III", "IV")
    }
    right = (
        (similar * taken["I"]) @ large.T
        + ((1 - similar) * taken["II"]) @ large.T
        + ((1 - similar) * taken["III"]) @ (1 - large).T
        + (similar * taken["IV"]) @ (1 - large).T
    )
    best = sum(place.mean(place.best) for place in places)
    return np.asarray(100 * (best - right) / len(places))


def textbook(place: Place) -> Callable[[Evidence], str]:
    """The rule of the textbooks: similarity by looks, size by a fixed number of photos a class."""
    similar = Similarity.HIGH if place.photo_set in _LOOK_NATURAL else Similarity.LOW

    def choose(evidence: Evidence) -> str:
        per_class = evidence.size.photos / evidence.size.classes
        size = DataSize.LARGE if per_class >= _TEXTBOOK_LARGE else DataSize.SMALL
        return Quadrant.of(size, similar).value

    return choose


def _gaps(places: Sequence[Place], signal: Signal) -> list[tuple[float, float]]:
    """Neighbouring measured values, and what lies beyond the first and the last."""
    values = sorted({signal(evidence) for place in places for evidence in place.evidence})
    ends = [2 * values[0] - values[-1], *values, 2 * values[-1] - values[0]]
    return list(itertools.pairwise(ends))


def _widest(gaps: Sequence[tuple[float, float]], good: np.ndarray) -> int:
    """The widest of the good gaps; those beyond all measurements only where no other is good.

    >>> _widest([(0, 5), (5, 6), (6, 9), (9, 20)], np.array([True, True, True, False]))
    2
    """
    inner = [number for number in range(1, len(gaps) - 1) if good[number]]
    chosen = inner or [number for number in (0, len(gaps) - 1) if good[number]]
    return max(chosen, key=lambda number: gaps[number][1] - gaps[number][0])
