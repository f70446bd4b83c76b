"""Temperature scaling: one number that makes a classifier as sure as it may be."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Where all validation photos are right, no temperature is low enough; where the probabilities
# mean nothing, none is high enough. Beyond these it makes no difference that anyone would see.
_LOWEST, _HIGHEST = 0.05, 20.0
_PRECISION = 1e-6


def scaled(probabilities: ArrayLike, temperature: float) -> NDArray[np.float64]:
    """Soften probabilities (temperature above 1) or sharpen them (below 1).

    The order of the classes stays. ``1 / temperature`` undoes it, but for what was rounded to 0.

    Args:
        probabilities: Class probabilities, shape ``(n, n_classes)``, rows sum to 1.
        temperature: Above 0.

    Returns:
        Shape ``(n, n_classes)``; rows sum to 1. Equal to the softmax of logits divided by
        ``temperature``, since logits are log-probabilities up to a constant.

    >>> scaled([[0.8, 0.2]], 2.0).round(3).tolist()
    [[0.667, 0.333]]
    """
    logs = _logs(probabilities) / temperature
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def fit_temperature(probabilities: ArrayLike, truth: ArrayLike) -> float:
    """Find the temperature under which the true classes are most probable.

    Args:
        probabilities: Class probabilities of validation photos, shape ``(n, n_classes)``, rows
            sum to 1; n at least 1.
        truth: True class numbers, shape ``(n,)``.

    Returns:
        In [0.05, 20]. Above 1 the classifier was too sure, below 1 not sure enough.

    Source:
        Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks",
        section 4.2. The mean negative log-likelihood is convex in ``1 / temperature``, so its
        slope has one root, which bisection finds.

    >>> fit_temperature([[0.99, 0.01]] * 4, [0, 0, 0, 1]) > 1
    True
    """
    logs, true = _logs(probabilities), np.asarray(truth)
    of_truth = logs[np.arange(len(true)), true].mean()
    low, high = 1 / _HIGHEST, 1 / _LOWEST
    while high - low > _PRECISION * high:
        middle = (low + high) / 2
        if _expected_log(logs, middle) > of_truth:
            high = middle
        else:
            low = middle
    return float(np.clip(2 / (low + high), _LOWEST, _HIGHEST))


def _expected_log(logs: NDArray[np.float64], inverse: float) -> float:
    """Mean log-probability that scaled probabilities expect; less that of the truth: the slope."""
    raised = np.exp(inverse * (logs - logs.max(axis=1, keepdims=True)))
    return float(((raised * logs).sum(axis=1) / raised.sum(axis=1)).mean())


def _logs(probabilities: ArrayLike) -> NDArray[np.float64]:
    rows = np.asarray(probabilities, np.float64)
    # float32 rounds to 0 what is below 1e-45; 0 has no logarithm.
    logs: NDArray[np.float64] = np.log(np.maximum(rows, np.finfo(np.float32).smallest_subnormal))
    return logs
