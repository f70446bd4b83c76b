"""Verdicts: whether to trust each prediction."""

from __future__ import annotations

from transferleaf.calibrating.calibration import Calibration
from transferleaf.calibrating.class_means import ClassMeans, Floats
from transferleaf.predictions import Verdict, judge_answers


def verdicts(
    calibration: Calibration, means: ClassMeans, *, features: Floats, probabilities: Floats
) -> tuple[Verdict, ...]:
    """Return the verdict of each prediction.

    Args:
        calibration: The calibration, with its thresholds.
        means: The class means.
        features: Standardised features, shape ``(n, n_features)``.
        probabilities: Class probabilities, shape ``(n, n_classes)``.

    >>> import numpy as np
    >>> calibration = Calibration(
    ...     temperature=1.0,
    ...     precision=0.9,
    ...     threshold=0.7,
    ...     coverage=1.0,
    ...     accuracy=1.0,
    ...     farthest=2.0,
    ...     photos=99,
    ... )
    >>> verdicts(
    ...     calibration,
    ...     ClassMeans(np.array([[0.0], [3.0]])),
    ...     features=np.array([[1.0], [1.0], [9.0]]),
    ...     probabilities=np.array([[0.8, 0.2], [0.6, 0.4], [0.0, 1.0]]),
    ... )
    ('sure', 'unsure', 'unknown')
    """
    return judge_answers(
        probabilities,
        means.distances(features),
        threshold=calibration.threshold,
        farthest=calibration.farthest,
    )
