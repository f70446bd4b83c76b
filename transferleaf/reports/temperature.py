"""Temperature scaling: a single parameter that calibrates the probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

# If all validation photos are correct, the optimum is 0; if the probabilities are useless, it is
# infinite. Beyond these limits, the difference is not visible.
_LOWEST, _HIGHEST = 0.05, 20.0
_PRECISION = 1e-6


def scaled(probabilities: ArrayLike, temperature: float) -> NDArray[np.float64]:
    """Soften probabilities (temperature above 1) or sharpen them (below 1).

    The order of the classes does not change. ``1 / temperature`` reverses it, except for values
    that were rounded to 0.

    Args:
        probabilities: Class probabilities, shape ``(n, n_classes)``, rows sum to 1.
        temperature: The temperature, above 0.

    Returns:
        Shape ``(n, n_classes)``, rows sum to 1. Equal to the softmax of logits divided by
        ``temperature``, because logits are log-probabilities up to a constant.

    >>> scaled([[0.8, 0.2]], 2.0).round(3).tolist()
    [[0.667, 0.333]]
    """
    logs = _logs(probabilities) / temperature
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def fit_temperature(probabilities: ArrayLike, truth: ArrayLike) -> float:
    """Return the temperature that maximises the likelihood of the true classes.

    Args:
        probabilities: Class probabilities of validation photos, shape ``(n, n_classes)``, rows sum
            to 1, n at least 1.
        truth: True class indices, shape ``(n,)``.

    Returns:
        The temperature, in [0.05, 20]. Above 1: the classifier was overconfident. Below 1:
        underconfident.

    Source:
        Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks",
        section 4.2. The mean negative log-likelihood is convex in ``1 / temperature``, so its
        derivative has one root, which is found by bisection.

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
    """Return the derivative: expected minus true mean log-probability of scaled probabilities."""
    raised = np.exp(inverse * (logs - logs.max(axis=1, keepdims=True)))
    return float(((raised * logs).sum(axis=1) / raised.sum(axis=1)).mean())


def _logs(probabilities: ArrayLike) -> NDArray[np.float64]:
    rows = np.asarray(probabilities, np.float64)
    # float32 rounds values below 1e-45 to 0, which has no logarithm.
    logs: NDArray[np.float64] = np.log(np.maximum(rows, np.finfo(np.float32).smallest_subnormal))
    return logs
