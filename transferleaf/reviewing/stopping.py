"""When to stop a review of labels, from an estimate of the remaining wrong labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

FEWEST_REVIEWED = 20
"""Minimum number of reviewed labels for an estimate."""
FEWEST_RIGHT = 5
"""Minimum number of correct reviewed labels, needed to estimate the end of the wrong ones."""
NEXT = 20
"""A review is worth continuing while at least one wrong label is expected among this number."""

# Prior of the logistic regression. It is based on planted wrong labels (docs/review.md): labels
# with a suspicion of 0.5 are wrong in one of three to four cases, and the slope is a little above
# 1.
_OFFSETS = np.linspace(-7.0, 3.0, 41)
_SLOPES = np.linspace(0.1, 4.0, 27)
_USUAL_OFFSET, _OFFSET_SPREAD = -1.0, 2.0
_USUAL_SLOPE, _SLOPE_SPREAD = 1.5, 0.5
_HIGHEST_ODDS = 7.0  # maximum suspicion in logits, because models are overconfident
_BINS = 100
_DRAWS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongLabels:
    """An estimate of wrong labels, from the reviewed ones.

    Attributes:
        reviewed: Number of reviewed labels.
        wrong: Number of wrong labels among them.
        others: Number of labels that were not reviewed.
        left: Expected number of wrong labels among the others. ``None`` if too few labels were
            reviewed, or too few of them were correct.
        low: Lower end of the 95 % interval of that number.
        high: Upper end.
        in_next: Expected number of wrong labels among the next 20 of the review.
    """

    reviewed: int
    wrong: int
    others: int
    left: float | None = None
    low: int | None = None
    high: int | None = None
    in_next: float | None = None

    @property
    def enough(self) -> bool:
        """Whether less than one wrong label is expected among the next 20."""
        return self.in_next is not None and self.in_next < 1.0


def wrong_labels(reviewed: Floats, wrong: npt.NDArray[np.bool_], others: Floats) -> WrongLabels:
    """Estimate the number of wrong labels among those that were not reviewed.

    The logit of the probability of a wrong label is modelled as a linear function of the logit of
    its suspicion. Its two parameters are estimated from the reviewed labels with Bayesian logistic
    regression on a grid. docs/review.md has the coverage of the interval.

    Args:
        reviewed: Suspicion of each reviewed label, in [0, 1], shape ``(n,)``.
        wrong: Whether each reviewed label was wrong, shape ``(n,)``.
        others: Suspicion of each other label, shape ``(m,)``.

    Returns:
        The estimate, without numbers if too few labels were reviewed; see the constants of this
        module.

    >>> told = wrong_labels(np.full(30, 0.9), np.arange(30) < 15, np.full(600, 0.01))
    >>> told.wrong, told.others, told.enough
    (15, 600, True)
    """
    counts = {"reviewed": len(reviewed), "wrong": int(wrong.sum()), "others": len(others)}
    right = counts["reviewed"] - counts["wrong"]
    if counts["reviewed"] < FEWEST_REVIEWED or right < FEWEST_RIGHT:
        return WrongLabels(**counts)
    offsets, slopes = (each.ravel() for each in np.meshgrid(_OFFSETS, _SLOPES, indexing="ij"))
    believed = _posterior(offsets, slopes, _logits(reviewed), wrong)
    ranked = np.sort(_logits(others))[::-1]
    in_next = believed @ _expected(offsets, slopes, ranked[:NEXT], np.ones(len(ranked[:NEXT])))
    if not len(ranked):
        return WrongLabels(**counts, left=0.0, low=0, high=0, in_next=0.0)
    numbers, edges = np.histogram(ranked, bins=_BINS)
    expected = _expected(offsets, slopes, (edges[1:] + edges[:-1]) / 2, numbers)
    rng = np.random.default_rng(0)
    drawn = rng.poisson(expected[rng.choice(len(believed), _DRAWS, p=believed)])
    low, high = np.quantile(drawn, [0.025, 0.975])
    return WrongLabels(
        **counts,
        left=float(believed @ expected),
        low=int(np.floor(low)),
        high=min(int(np.ceil(high)), len(ranked)),
        in_next=float(in_next),
    )


def _posterior(
    offsets: Floats, slopes: Floats, logits: Floats, wrong: npt.NDArray[np.bool_]
) -> Floats:
    """Return the probability of each pair of offset and slope."""
    told = -0.5 * ((offsets - _USUAL_OFFSET) / _OFFSET_SPREAD) ** 2
    told -= 0.5 * ((slopes - _USUAL_SLOPE) / _SLOPE_SPREAD) ** 2
    odds = offsets[:, None] + slopes[:, None] * logits
    told -= np.logaddexp(0, np.where(wrong, -odds, odds)).sum(axis=1)
    likely = np.exp(told - told.max())
    return np.asarray(likely / likely.sum())


def _expected(offsets: Floats, slopes: Floats, logits: Floats, numbers: Floats) -> Floats:
    """Return the expected number of wrong labels for each pair of offset and slope."""
    odds = offsets[:, None] + slopes[:, None] * logits
    return np.asarray((1.0 / (1.0 + np.exp(-odds))) @ numbers)


def _logits(suspicions: Floats) -> Floats:
    p = np.clip(np.asarray(suspicions, np.float64), 1e-9, 1 - 1e-9)
    return np.clip(np.log(p / (1 - p)), -_HIGHEST_ODDS, _HIGHEST_ODDS)
