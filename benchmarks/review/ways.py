"""Ways to choose new photos for labelling, to compare with ``photos_to_label``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.reviewing.comparing import unit_length
from transferleaf.reviewing.teaching import photos_to_label, uncertainty

Floats = NDArray[np.floating[Any]]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """New photos, and those that a head was trained on.

    Attributes:
        features: Scaled as the head scales them, shape ``(n, n_features)``.
        probabilities: Shape ``(n, n_classes)``.
        trained_on: Scaled features of the training photos.
        seed: Random seed.
    """

    features: Floats
    probabilities: Floats
    trained_on: Floats
    seed: int


def at_random(pool: Pool, number: int) -> Rows:
    """Any photos."""
    return np.random.default_rng(pool.seed).choice(len(pool.features), number, replace=False)


def largest_entropy(pool: Pool, number: int) -> Rows:
    """The most uncertain ones, whether or not they are alike."""
    return np.argsort(-uncertainty(pool.probabilities), kind="stable")[:number]


def smallest_margin(pool: Pool, number: int) -> Rows:
    """Those whose two likeliest classes are closest."""
    return np.argsort(-_closeness(pool.probabilities), kind="stable")[:number]


def farthest(pool: Pool, number: int) -> Rows:
    """The one farthest from all that have a label, again and again (greedy k-centre)."""
    return _greedy(pool, number, np.ones(len(pool.features)))


def farthest_uncertain(pool: Pool, number: int) -> Rows:
    """The same, where a distance counts as much as the two likeliest classes are close."""
    return _greedy(pool, number, _closeness(pool.probabilities))


def gradient_embedding(pool: Pool, number: int) -> Rows:
    """Gradients of the head that lie apart (BADGE; Ash et al., 2020, arXiv:1906.03671)."""
    rng = np.random.default_rng(pool.seed)
    x = unit_length(pool.features)
    errors = (
        pool.probabilities - np.eye(pool.probabilities.shape[1])[pool.probabilities.argmax(axis=1)]
    )
    norms = (errors**2).sum(axis=1)  # features have length 1
    chosen = [int(norms.argmax())]
    distance = np.full(len(x), np.inf)
    while True:
        last = chosen[-1]
        products = (errors @ errors[last]) * (x @ x[last])
        distance = np.minimum(distance, np.maximum(norms + norms[last] - 2 * products, 0.0))
        distance[chosen] = 0
        if len(chosen) == number:
            return np.array(chosen)
        chosen.append(int(rng.choice(len(x), p=distance / distance.sum())))


def clusters(pool: Pool, number: int) -> Rows:
    """What ``transferleaf review`` does."""
    return photos_to_label(pool.features, pool.probabilities, number, seed=pool.seed)


WAYS: Mapping[str, Callable[[Pool, int], Rows]] = {
    "at random": at_random,
    "largest entropy": largest_entropy,
    "smallest margin": smallest_margin,
    "farthest (k-centre)": farthest,
    "farthest, weighted by margin": farthest_uncertain,
    "gradient embedding (BADGE)": gradient_embedding,
    "clusters, weighted by entropy": clusters,
}


def _closeness(probabilities: Floats) -> Floats:
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(1.0 - (ordered[:, -1] - ordered[:, -2]))


def _greedy(pool: Pool, number: int, weights: Floats) -> Rows:
    x, known = unit_length(pool.features), unit_length(pool.trained_on)
    distance = 2 - 2 * (x @ known.T).max(axis=1)
    chosen: list[int] = []
    for _ in range(number):
        score = distance * weights
        score[chosen] = -1
        chosen.append(int(score.argmax()))
        distance = np.minimum(distance, 2 - 2 * x @ x[chosen[-1]])
    return np.array(chosen)
