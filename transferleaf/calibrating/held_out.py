"""Photos for the calibration, each with a prediction of a head that was not solved on its leaf.

Validation photos are predicted by the classifier. A few hundred of them are seldom enough to show a
precision of 95 %, so training photos are used too: training and validation photos are divided by
leaf into folds, and each fold is predicted by a head that was solved on the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.out_of_fold import deal_leaves, has_other_leaf, out_of_fold_probabilities
from transferleaf.head.solver import LinearHead, solve_head
from transferleaf.head.space import Floats
from transferleaf.training.phases.head_inputs import HeadInputs, joined

# More folds would take more time and hardly change the result.
_MOST_FOLDS = 10

# Two solutions of the same problem differ only by rounding.
_SAME = 0.01

Leaves = Sequence[str | None] | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOutPredictions:
    """Photos with predictions from other leaves.

    Attributes:
        probabilities: Class probabilities without temperature, shape ``(n, n_classes)``.
        features: The features of the head, not standardised, shape ``(n, n_features)``.
        labels: Class indices, shape ``(n,)``.
        leaves: The leaf in each photo. ``None``, or ``None`` for all: unknown.
        counted: Whether each prediction counts, shape ``(n,)``.
        folds: Number of folds. ``None`` if the classifier itself predicted.
    """

    probabilities: Floats
    features: Floats
    labels: NDArray[np.int64]
    leaves: Leaves
    counted: NDArray[np.bool_]
    folds: int | None = None


def predicted_by_head(head: LinearHead, inputs: HeadInputs, leaves: Leaves) -> HeldOutPredictions:
    """Predict photos with a head that was not solved on them.

    Args:
        head: The head, without a temperature.
        inputs: The photos.
        leaves: The leaf in each photo, if known.
    """
    return HeldOutPredictions(
        probabilities=head.probabilities(inputs.features),
        features=inputs.features[:],
        labels=inputs.targets.argmax(axis=1),
        leaves=leaves,
        counted=np.ones(len(inputs.targets), bool),
    )


def predicted_out_of_fold(
    head: LinearHead,
    learnt: tuple[HeadInputs, Leaves],
    held_out: tuple[HeadInputs, Leaves],
    *,
    groups: Sequence[FeatureGroup],
) -> HeldOutPredictions | None:
    """Predict training and validation photos, each fold with a head from the other folds.

    The number of folds is such that each head is solved on about as many photos as ``head``, with
    the same L2 strength. The prediction of a photo does not count if its class has no other leaf.

    Args:
        head: The head, without a temperature.
        learnt: The photos on which it was solved, and their leaves.
        held_out: The validation photos that selected its L2 strength, and their leaves.
        groups: The feature groups; see ``FeatureScaling.of``.

    Returns:
        ``None`` if ``head`` is not the solution for these photos, because it was trained with
        gradients, sample weights, augmented views or other photos. Heads of folds then say nothing
        about it.
    """
    (train, _), (validation, _) = learnt, held_out
    same = solve_head(train.problem(), validation.problem(), groups=groups)
    found, expected = (each.probabilities(validation.features) for each in (same, head))
    if np.abs(found - expected).max() > _SAME:
        return None
    inputs = joined([train, validation])
    leaves = [leaf for part, of in (learnt, held_out) for leaf in of or [None] * len(part.targets)]
    labels = inputs.targets.argmax(axis=1)
    folds = int(np.clip(round(len(labels) / len(validation.targets)), 2, _MOST_FOLDS))
    features = inputs.features[:]
    probabilities = out_of_fold_probabilities(
        features,
        labels,
        leaves,
        classes=[str(number) for number in range(inputs.targets.shape[1])],
        groups=groups,
        parts=deal_leaves(labels, leaves, folds, seed=0),
        strengths=(same.l2,),
    )
    return HeldOutPredictions(
        probabilities=probabilities,
        features=features,
        labels=labels,
        leaves=leaves,
        counted=has_other_leaf(labels, leaves),
        folds=folds,
    )
