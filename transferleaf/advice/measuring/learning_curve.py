"""The learning curve: the accuracy of the solved head for increasing numbers of leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.advice.evidence import CurvePoint, Probe
from transferleaf.datasets.parts.sampling import Labelled, share_of_leaves
from transferleaf.datasets.parts.splitting import split_indices
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.out_of_fold import head_of_others
from transferleaf.head.solver import L2_STRENGTHS
from transferleaf.head.space import Floats

SHARES = (0.25, 0.5, 0.75, 1.0)

# Fewer photos need a stronger penalty, never a much weaker one.
_STRONGER = 10.0


def learning_curve(
    features: Floats,
    photos: Labelled,
    *,
    groups: Sequence[FeatureGroup],
    folds: int,
    seed: int,
    on_head: Callable[[int], None] | None = None,
) -> tuple[CurvePoint, ...]:
    """Solve a head on increasing shares of the leaves, and test each on the same held-out leaves.

    Smaller shares are subsets of larger ones. For each share, the penalty is chosen on the first
    fold and used for the others. The penalty for all leaves is searched first; smaller shares only
    try this one and stronger ones.

    Args:
        features: Head features of all stages, shape ``(n, n_features)``.
        photos: Their labels and leaves.
        groups: The groups of the features.
        folds: Number of folds, at least 2.
        seed: Random seed of folds and shares.
        on_head: Called after each head with the number of solved heads, up to ``folds *
            len(SHARES)``.

    Returns:
        A point for each share at which every class has a training leaf in each fold. The last one
        is for all leaves.

    Raises:
        SplitError: A class has fewer leaves than there are folds.
    """
    names = np.asarray(photos.classes)[photos.labels]
    parts = split_indices(names, photos.leaves, [1 / folds] * folds, seed=seed)
    targets = np.eye(len(photos.classes), dtype=np.float32)[photos.labels]
    right = {share: np.zeros(len(photos), bool) for share in SHARES}
    learnt: defaultdict[float, list[int]] = defaultdict(list)
    strengths: dict[float, Sequence[float]] = {1.0: L2_STRENGTHS}
    solved = 0
    for held_out in parts:
        others = np.setdiff1d(np.arange(len(photos)), held_out)
        for share in sorted(SHARES, reverse=True):
            rows = share_of_leaves(photos, others, share, seed)
            solved += 1
            if on_head is not None:
                on_head(solved)
            if rows is None:
                continue
            tried = strengths.get(share) or _stronger(strengths[1.0][0])
            head = head_of_others(features, targets, held_out, groups, tried, learnt=rows)
            guesses = head.probabilities(features[held_out]).argmax(axis=1)
            right[share][held_out] = guesses == photos.labels[held_out]
            strengths[share] = (head.l2,)
            learnt[share].append(len(rows))
    return tuple(
        _point(share, learnt[share], right[share], photos)
        for share in SHARES
        if len(learnt[share]) == folds
    )


def _stronger(l2: float) -> Sequence[float]:
    """Return the strengths from ten times ``l2`` down to ``l2``."""
    return tuple(each for each in L2_STRENGTHS if l2 <= each <= l2 * _STRONGER * 1.01)


def _point(
    share: float, learnt: Sequence[int], right: NDArray[np.bool_], photos: Labelled
) -> CurvePoint:
    probe = share_right(right, photos)
    return CurvePoint(
        share=share,
        photos=round(float(np.mean(learnt))),
        accuracy=probe.accuracy,
        deviation=probe.deviation,
    )


def share_right(right: NDArray[np.bool_], photos: Labelled) -> Probe:
    """Return the share of correct photos, and its standard error over leaves.

    Photos of one leaf are not independent, so the error is computed over leaves. One correct and
    one wrong leaf are added for it, so that it is above 0 if all photos are correct.

    Source:
        Agresti and Coull, "Approximate is better than exact for interval estimation of binomial
        proportions" (1998), for the added leaves, applied here to a mean over clusters.

    >>> photos = Labelled(labels=np.zeros(20, int), leaves=(None,) * 20, classes=("a", "b"))
    >>> share_right(np.ones(20, bool), photos)
    Probe(accuracy=1.0, deviation=0.0444...)
    """
    numbers = photos.numbered_leaves()
    sizes: NDArray[Any] = np.bincount(numbers)
    hits: NDArray[Any] = np.bincount(numbers, right)
    usual = sizes.mean()
    sizes, hits = np.append(sizes, [usual, usual]), np.append(hits, [usual, 0])
    share = hits.sum() / sizes.sum()
    deviation = np.sqrt(np.square(hits - share * sizes).sum()) / sizes.sum()
    return Probe(accuracy=float(right.mean()), deviation=float(deviation))
