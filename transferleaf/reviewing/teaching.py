"""Selection of new photos to label: uncertain and diverse ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from transferleaf.reviewing.comparing import unit_length
from transferleaf.whole_numbers import whole_number

Floats = npt.NDArray[np.floating[Any]]

# Centres converge after a few rounds; more change one or two photos of the selection.
_ROUNDS = 10


def photos_to_label(
    features: Floats, probabilities: Floats, number: int, *, seed: int = 0
) -> npt.NDArray[np.int64]:
    """Choose the photos whose labels are most useful for training.

    The photos are clustered, with one cluster per label. Photos are weighted by the uncertainty of
    the classifier, so clusters are in uncertain regions. The photo nearest to the centre of each
    cluster is chosen.

    Args:
        features: Features of the head, scaled by the head, shape ``(n, n_features)``.
        probabilities: Class probabilities, shape ``(n, n_classes)``; rows sum to 1.
        number: Number of photos to choose, at least 1. If there are fewer, all are chosen.
        seed: Random seed of the first centres, at least 0.

    Returns:
        Indices of the chosen photos. Those with the most uncertain clusters come first.

    Raises:
        ConfigError: ``number`` or ``seed`` is not an integer in its range.

    Source:
        Prabhu et al. (2021), arXiv:2010.08666: clusters weighted by uncertainty, nearest photo to
        each centre. docs/review.md compares it with six other methods.

    >>> far_apart = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> sure, unsure = [0.99, 0.01], [0.5, 0.5]
    >>> sorted(photos_to_label(far_apart, np.array([unsure, sure, sure, unsure]), 2).tolist())
    [0, 3]
    """
    whole_number("number", number, minimum=1)
    rng = np.random.default_rng(whole_number("seed", seed, minimum=0))
    directions = unit_length(features)
    weights = uncertainty(probabilities) + 1e-6
    if number >= len(directions):
        return np.argsort(-weights, kind="stable")
    centres = _first_centres(directions, weights, number, rng)
    for _ in range(_ROUNDS):
        cluster = _distances(directions, centres).argmin(axis=1)
        centres = _weighted_means(directions, weights, cluster, centres)
    distances = _distances(directions, centres)
    stands_for = np.bincount(distances.argmin(axis=1), weights, minlength=number)
    chosen: list[int] = []
    for centre in np.argsort(-stands_for, kind="stable"):
        free = distances[:, centre].copy()
        free[chosen] = np.inf
        chosen.append(int(free.argmin()))
    return np.array(chosen, np.int64)


def uncertainty(probabilities: Floats) -> npt.NDArray[np.float64]:
    """Return the entropy of each prediction in nats, shape ``(n,)``.

    >>> uncertainty(np.array([[1.0, 0.0], [0.5, 0.5]])).round(3).tolist()
    [0.0, 0.693]
    """
    p = np.clip(probabilities.astype(np.float64), 1e-12, 1.0)
    return np.abs(-(p * np.log(p)).sum(axis=1))


def _first_centres(
    directions: Floats, weights: Floats, number: int, rng: np.random.Generator
) -> Floats:
    """Draw uncertain photos that are far from each other as first centres (k-means++)."""
    chosen = [int(rng.choice(len(directions), p=weights / weights.sum()))]
    distance = _distances(directions, directions[chosen])[:, 0]
    while len(chosen) < number:
        share = distance * weights
        if share.sum() <= 0:  # the rest are copies of drawn photos
            share = weights.copy()
            share[chosen] = 0
        chosen.append(int(rng.choice(len(directions), p=share / share.sum())))
        distance = np.minimum(distance, _distances(directions, directions[chosen[-1:]])[:, 0])
    return directions[chosen].copy()


def _weighted_means(
    directions: Floats, weights: Floats, cluster: npt.NDArray[np.int64], centres: Floats
) -> Floats:
    moved = centres.copy()
    for number in range(len(centres)):
        inside = cluster == number
        if inside.any():
            moved[number] = np.average(directions[inside], axis=0, weights=weights[inside])
    return moved


def _distances(directions: Floats, centres: Floats) -> Floats:
    """Return the squared distances of photos to centres, shape ``(n, n_centres)``."""
    squares = (directions**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)
    return np.maximum(squares - 2 * directions @ centres.T, 0.0)
