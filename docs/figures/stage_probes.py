"""The cross-validated accuracy of a linear classifier on the features of each stage.

Source:
    Alain and Bengio, "Understanding intermediate layers using linear classifier probes" (2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from transferleaf.advice.evidence import Probe
from transferleaf.advice.measuring.learning_curve import share_right
from transferleaf.datasets.parts.sampling import Labelled
from transferleaf.head.out_of_fold import out_of_fold_probabilities
from transferleaf.head.space import Floats

# Five strengths compare stages as well as the nine of the solver, at half the cost.
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
