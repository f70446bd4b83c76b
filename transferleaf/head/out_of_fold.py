"""Out-of-fold predictions: each photo is classified by a head that was solved on other leaves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.parts.splitting import split_indices
from transferleaf.features.stored_features import StoredFeatures, part_of
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.solver import L2_STRENGTHS, HeadProblem, LinearHead, solve_head
from transferleaf.head.space import Floats
from transferleaf.whole_numbers import whole_number


def out_of_fold_probabilities(
    features: Floats | StoredFeatures,
    labels: npt.NDArray[np.integer[Any]],
    leaves: Sequence[Hashable | None],
    *,
    classes: Sequence[str],
    groups: Sequence[FeatureGroup] = (),
    folds: int = 5,
    seed: int = 0,
    parts: Sequence[npt.NDArray[np.int64]] | None = None,
    strengths: Sequence[float] = L2_STRENGTHS,
    on_fold: Callable[[int], None] | None = None,
) -> Floats:
    """Predict the class of each photo with a linear head that was solved on other leaves.

    The L2 strength is selected on the first fold and used for all. It is one of a few numbers for
    all photos, so it contains almost no information about a label.

    Args:
        features: Shape ``(n, n_features)``; an array, or rows of the store. Augmented views of all
            photos can follow, in the same order. They are learned from, and not predicted.
        labels: Class indices, shape ``(n,)``.
        leaves: The leaf of each photo. Photos of the same leaf are in the same fold. ``None`` means
            a separate leaf.
        classes: Class names.
        groups: The feature groups; see ``FeatureScaling.of``.
        folds: Number of folds, at least 2.
        seed: Seed for the division into folds, at least 0.
        parts: The folds as indices of photos, instead of ``folds`` and ``seed``; see
            ``deal_leaves``.
        strengths: L2 strengths to try, decreasing; see ``solve_head``.
        on_fold: Called with the number of finished folds.

    Returns:
        Class probabilities, shape ``(n, n_classes)``; rows sum to 1.

    Raises:
        ConfigError: ``folds`` or ``seed`` is invalid.
        SplitError: A class has fewer leaves than there are folds.
    """
    targets = np.eye(len(classes), dtype=np.float32)[labels]
    probabilities = np.empty(targets.shape, np.float32)
    if parts is None:
        _check_folds(folds)
        names = np.asarray(classes)[labels]
        parts = split_indices(names, leaves, [1 / folds] * folds, seed=seed)
    for done, held_out in enumerate(parts, start=1):
        head = head_of_others(features, targets, held_out, groups, strengths)
        probabilities[held_out] = head.probabilities(part_of(features, held_out))
        strengths = (head.l2,)
        if on_fold is not None:
            on_fold(done)
    return probabilities


def usable_folds(
    labels: npt.NDArray[np.integer[Any]], groups: Sequence[Hashable | None], folds: int
) -> int:
    """Return the largest number of folds, from ``folds`` down to 2, that fits every class.

    >>> usable_folds(np.array([0, 0, 0, 0, 1, 1, 1]), [None, None, None, None, "a", "b", "c"], 5)
    3
    """
    _check_folds(folds)
    alone = [(row,) if group is None else group for row, group in enumerate(groups)]
    pairs = set(zip(np.asarray(labels).tolist(), alone, strict=True))
    leaves = np.bincount([label for label, _ in pairs])
    return max(2, min(folds, int(leaves[leaves > 0].min(initial=folds))))


def deal_leaves(
    labels: npt.NDArray[np.integer[Any]],
    leaves: Sequence[Hashable | None],
    folds: int,
    *,
    seed: int,
) -> list[npt.NDArray[np.int64]]:
    """Divide leaves into folds, stratified by class, even if a class has few leaves.

    Args:
        labels: Class indices, shape ``(n,)``.
        leaves: The leaf of each photo. ``None`` means a separate leaf.
        folds: Number of folds, at least 2. If there are fewer leaves, fewer folds are returned.
        seed: Seed for the order of the leaves, at least 0.

    Returns:
        The indices of the photos of each fold. All photos of a leaf are in one fold, and a class
        with at least two leaves is in at least two folds.

    >>> [part.tolist() for part in deal_leaves(np.array([0, 0, 0, 1]), "aabb", 2, seed=0)]
    [[0, 1], [2, 3]]
    """
    numbers = _numbered(leaves)
    first = np.unique(numbers, return_index=True)[1]
    order = np.random.default_rng(seed).permutation(len(first))
    by_class = order[np.argsort(np.asarray(labels)[first][order], kind="stable")]
    fold_of_leaf = np.empty(len(first), np.int64)
    fold_of_leaf[by_class] = np.arange(len(first)) % folds
    fold = fold_of_leaf[numbers]
    return [np.flatnonzero(fold == number) for number in range(folds) if (fold == number).any()]


def has_other_leaf(
    labels: npt.NDArray[np.integer[Any]], leaves: Sequence[Hashable | None]
) -> npt.NDArray[np.bool_]:
    """Return whether each photo has another leaf of its class, shape ``(n,)``.

    >>> has_other_leaf(np.array([0, 0, 1, 1]), ["a", "b", "c", "c"]).tolist()
    [True, True, False, False]
    """
    numbers = _numbered(leaves)
    pairs = np.unique(np.stack([numbers, np.asarray(labels, np.int64)]), axis=1)
    counts: npt.NDArray[np.int64] = np.bincount(pairs[1])
    return np.asarray(counts[labels] > 1)


def _numbered(leaves: Sequence[Hashable | None]) -> npt.NDArray[np.int64]:
    keys = [(row,) if leaf is None else leaf for row, leaf in enumerate(leaves)]
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def head_of_others(
    features: Floats | StoredFeatures,
    targets: Floats,
    held_out: npt.NDArray[np.int64],
    groups: Sequence[FeatureGroup],
    strengths: Sequence[float],
    learnt: npt.NDArray[np.int64] | None = None,
) -> LinearHead:
    """Solve a head on other photos than those of one fold, which selects the L2 strength.

    Args:
        features: Shape ``(n, n_features)``, or more rows with augmented views of all photos.
        targets: Class shares, shape ``(n, n_classes)``.
        held_out: Indices of the photos of the fold.
        groups: The feature groups; see ``FeatureScaling.of``.
        strengths: L2 strengths to try, decreasing; see ``solve_head``.
        learnt: Rows to learn from. Default: all other photos, and their views.
    """
    photos = len(targets)
    if learnt is None:
        others = np.ones(photos, bool)
        others[held_out] = False
        learnt = np.flatnonzero(np.tile(others, len(features) // photos))
    problems = [
        HeadProblem(
            features=part_of(features, rows),
            targets=targets[rows % photos],
            weights=np.ones(len(rows), np.float32),
        )
        for rows in (learnt, held_out)
    ]
    return solve_head(*problems, groups=groups, strengths=strengths)


def _check_folds(folds: int) -> None:
    whole_number("folds", folds, minimum=2)
