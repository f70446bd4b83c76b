"""Photos to calibrate on, each with an answer of a head that did not learn from its leaf.

Validation photos get theirs from the classifier. A few hundred of them seldom prove a precision of
95 %, so training photos help: the training and validation photos are divided by leaf into folds,
and each fold is answered by a head that was solved on the others, as the classifier's was.
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

# More folds would take longer and change little.
_MOST_FOLDS = 10

# Two solutions of one problem differ by rounding only.
_SAME = 0.01

Leaves = Sequence[str | None] | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOutPredictions:
    """Photos with answers that come from other leaves.

    Attributes:
        probabilities: Shape ``(n, n_classes)``, without a temperature.
        features: As the head takes them, not standardised, shape ``(n, n_features)``.
        labels: Class numbers, shape ``(n,)``.
        leaves: The leaf that each photo shows; ``None``, or ``None`` for all, where unknown.
        counted: Whether each answer counts, shape ``(n,)``.
        folds: How many heads answered; ``None`` where it was the classifier's own.
    """

    probabilities: Floats
    features: Floats
    labels: NDArray[np.int64]
    leaves: Leaves
    counted: NDArray[np.bool_]
    folds: int | None = None


def predicted_by_head(head: LinearHead, inputs: HeadInputs, leaves: Leaves) -> HeldOutPredictions:
    """Ask a head about photos that it did not learn from.

    Args:
        head: Without a temperature.
        inputs: The photos.
        leaves: The leaf that each shows, where known.
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
    """Answer training and validation photos, each fold with a head from the others.

    The folds are so many that each head learns from about as many photos as ``head`` did, with the
    same L2 penalty. The answer to a photo without another leaf of its class does not
    count: nothing could tell.

    Args:
        head: Without a temperature.
        learnt: The photos that it was solved on, and their leaves.
        held_out: The validation photos that chose its penalty, and their leaves.
        groups: Where the features come from; see ``FeatureScaling.of``.

    Returns:
        ``None`` where ``head`` is not the one that these photos give: it was trained by gradient,
        with weights or changed views of photos, or on others. Then heads of folds say nothing of
        it.
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
