"""Linear probes: what a linear classifier can read from a stage's features, told on other leaves.

Where accuracy is highest at the top, the network's most special features serve these photos too;
where it peaks earlier, they are too special for them.

Source:
    Alain and Bengio, "Understanding intermediate layers using linear classifier probes" (2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.advice.evidence import Probe
from transferleaf.advice.measuring.labelled import Labelled
from transferleaf.head.out_of_fold import out_of_fold_probabilities
from transferleaf.head.space import Floats

# Two a decade tell a stage from its neighbours as well as the solver's nine do, at half the cost.
_STRENGTHS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)


def stage_probes(
    features: Floats,
    photos: Labelled,
    *,
    widths: Sequence[int],
    folds: int,
    seed: int,
    on_stage: Callable[[int], None] | None = None,
) -> tuple[Probe, ...]:
    """Probe each stage, all of them on the same photos and folds.

    Args:
        features: Averaged outputs of all stages side by side, shape ``(n, sum(widths))``.
        photos: Their labels and leaves.
        widths: How many features come from each stage.
        folds: Parts that take turns to be guessed, at least 2.
        seed: Seeds the division into folds.
        on_stage: Called with the number of stages done.

    Returns:
        A probe for each stage, from low level to high level.

    Raises:
        SplitError: A class has fewer leaves than there are folds.
    """
    probes = []
    for done, part in enumerate(np.split(features, np.cumsum(widths)[:-1], axis=1), start=1):
        probabilities = out_of_fold_probabilities(
            np.ascontiguousarray(part),
            photos.labels,
            photos.leaves,
            classes=photos.classes,
            folds=folds,
            seed=seed,
            strengths=_STRENGTHS,
        )
        probes.append(share_right(probabilities.argmax(axis=1) == photos.labels, photos))
        if on_stage is not None:
            on_stage(done)
    return tuple(probes)


def share_right(right: NDArray[np.bool_], photos: Labelled) -> Probe:
    """Tell the share of photos that were guessed right, and its standard error by leaf.

    Photos of one leaf are right or wrong together more often than others, so leaves are counted,
    not photos. For the error one leaf more was right and one more was wrong: of twenty right ones
    nobody should conclude that there is no error at all.

    Source:
        Agresti and Coull, "Approximate is better than exact for interval estimation of binomial
        proportions" (1998), for the two leaves; here applied to a mean over clusters.

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
