"""Self-training: a head is solved again with photos that it classified itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transferleaf.adapting.adaptation import LEAST_AGREEMENT, Adaptation
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.rows import JoinedRows
from transferleaf.head.solver import HeadProblem, LinearHead, solve_head
from transferleaf.head.space import Floats

# Chosen on the blackgram photos of ``benchmarks/field``; PlantVillage was not used. Other
# probabilities (0.5, 0.9, all photos), weights (0.1, 1), three rounds, and soft labels were tried.
CONFIDENT = 0.7
"""The probability from which a predicted class is used as a label."""

_ROUNDS = 2
_WEIGHT = 0.3  # the total weight of the photos without labels, relative to the labelled ones


def self_trained(
    labelled: HeadProblem,
    halves: tuple[HeadProblem, HeadProblem],
    unlabelled: Floats,
    *,
    head: LinearHead,
    groups: Sequence[FeatureGroup],
    least_agreement: float = LEAST_AGREEMENT,
) -> tuple[LinearHead, Adaptation]:
    """Solve a head again with photos without labels, if its predictions for them can be trusted.

    Photos that the head classifies with a probability of at least 0.7 get the predicted class as
    label. This is repeated once with the new head.

    Args:
        labelled: The labelled photos, in all views.
        halves: Two halves of them, without a common leaf.
        unlabelled: Features of the photos without labels, shape ``(n, n_features)``.
        head: The head, solved on ``labelled``.
        groups: The feature groups, in order.
        least_agreement: The agreement of two heads below which ``head`` is not changed.

    Returns:
        The new head, or ``head`` if it is not changed, and the result.

    Source:
        Pseudo-labels after Lee (2013), "Pseudo-label: the simple and efficient semi-supervised
        learning method for deep neural networks". The agreement of two classifiers as an estimate
        of their accuracy after Jiang, Nagarajan, Baek and Kolter (2022), "Assessing generalization
        of SGD via disagreement".
    """
    one, other = halves
    judges = [
        solve_head(one, other, groups=groups),
        solve_head(other, one, groups=groups),
    ]
    first, second = (judge.probabilities(unlabelled).argmax(axis=1) for judge in judges)
    agreement = float((first == second).mean())
    strengths = (min(judge.l2 for judge in judges),)
    used = 0
    for _ in range(_ROUNDS if agreement >= least_agreement else 0):
        probabilities = head.probabilities(unlabelled)
        sure = np.flatnonzero(probabilities.max(axis=1) >= CONFIDENT)
        if not len(sure):
            break
        problem = _joined(labelled, unlabelled[sure], probabilities[sure].argmax(axis=1))
        head = solve_head(problem, problem, groups=groups, strengths=strengths)
        used = len(sure)
    return head, Adaptation(photos=len(unlabelled), agreement=agreement, used=used)


def _joined(labelled: HeadProblem, features: Floats, labels: np.ndarray) -> HeadProblem:
    """Return the labelled photos and those with predicted labels."""
    weight = _WEIGHT * float(labelled.weights.sum()) / len(features)
    outputs = labelled.targets.shape[1]
    # If the head has a domain of field scenes, the last one, these photos belong to it.
    before = outputs - outputs // labelled.domains
    targets = np.eye(outputs, dtype=np.float32)[before + labels]
    return HeadProblem(
        features=JoinedRows((labelled.features, features)),
        targets=np.concatenate([labelled.targets, targets]),
        weights=np.concatenate([labelled.weights, np.full(len(features), weight, np.float32)]),
        domains=labelled.domains,
    )
