"""The phase that solves the head: the best linear classifier on features of the frozen network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras
import numpy as np

from transferleaf.datasets.feeding import LabelForm
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.layers import is_untrained, read_head, write_head
from transferleaf.head.solver import (
    L2_STRENGTHS,
    LinearHead,
    mean_cross_entropy,
    solve_head,
)
from transferleaf.head.space import Floats
from transferleaf.progress import Reporter
from transferleaf.training.phases.head_inputs import HeadInputs, HeadPhotos

# One leaf in so many judges the L2 strengths where there is no validation data.
_HELD_OUT = 5

# In the middle of those that are tried, where there are too few photos to choose by.
_USUAL_L2 = 1e-3


def solve_phase(
    classifier: keras.Model,
    photos: HeadPhotos,
    *,
    groups: Sequence[FeatureGroup],
    leaves: Sequence[str | None] | None,
    labels: LabelForm,
    class_weight: Floats | None,
    reporter: Reporter,
    stop: Callable[[], bool],
) -> dict[str, float]:
    """Solve the head of a compiled ``classifier``.

    The solved head replaces the present one unless that was trained and is better on the
    validation data, as it may be when a trained classifier is trained again.

    Args:
        classifier: Gets the head.
        photos: What it is solved on and judged by.
        groups: Where its features come from.
        leaves: The leaf that each training photo shows, where known.
        labels: The form of labels that the classifier's loss takes.
        class_weight: Weight of each class, shape ``(n_classes,)``, if any.
        reporter: Shows progress.
        stop: Asked whether to try no further L2 strength, for want of time.

    Returns:
        Results as an epoch of Keras' ``fit`` would give them.
    """
    learnt, seen, unseen = photos.learnt, photos.seen, photos.unseen
    solve = partial(_solve, groups=groups, class_weight=class_weight, reporter=reporter, stop=stop)
    if unseen is not None:
        head = solve(learnt, unseen)
    else:
        head = solve(learnt, learnt, strengths=(_strength_without_validation(solve, seen, leaves),))
    if unseen is None or _is_no_worse(head, read_head(classifier), unseen):
        write_head(classifier, head)
    kept = read_head(classifier)
    logs = compiled_results(classifier, kept, seen, labels)
    if unseen is None:
        return logs
    judged = compiled_results(classifier, kept, unseen, labels)
    return logs | {f"val_{name}": value for name, value in judged.items()}


def _strength_without_validation(
    solve: Callable[[HeadInputs, HeadInputs], LinearHead],
    seen: HeadInputs,
    leaves: Sequence[str | None] | None,
) -> float:
    """Choose the L2 strength on photos that are held out for it; a usual one where none can be."""
    held_out = hold_out(seen.targets.argmax(axis=1), leaves)
    counts = seen.weights > 0
    most, rest = (np.flatnonzero(rows & counts) for rows in (~held_out, held_out))
    if not len(most) or not len(rest):
        return _USUAL_L2
    return solve(seen.part(most), seen.part(rest)).l2


def compiled_results(
    classifier: keras.Model, head: LinearHead, data: HeadInputs, labels: LabelForm
) -> dict[str, float]:
    """Loss and metrics of a compiled ``classifier`` on stored features, without its backbone."""
    probabilities = head.probabilities(data.features)
    truth = data.targets if labels == "one-hot" else data.targets.argmax(axis=1)
    classifier.reset_metrics()
    for start in range(0, len(truth), 4096):
        rows = slice(start, start + 4096)
        y, y_pred = keras.ops.array(truth[rows]), keras.ops.array(probabilities[rows])
        weights = keras.ops.array(data.weights[rows])
        loss = classifier.compute_loss(y=y, y_pred=y_pred, sample_weight=weights)
        classifier._loss_tracker.update_state(loss, sample_weight=len(y))
        classifier.compute_metrics(None, y, y_pred, sample_weight=weights)
    results = {name: float(value) for name, value in classifier.get_metrics_result().items()}
    classifier.reset_metrics()
    return results


def _solve(
    learnt: HeadInputs,
    judged: HeadInputs,
    *,
    groups: Sequence[FeatureGroup],
    class_weight: Floats | None,
    reporter: Reporter,
    stop: Callable[[], bool],
    strengths: Sequence[float] = L2_STRENGTHS,
) -> LinearHead:
    with reporter.bar("solving the head", len(strengths)) as on_step:
        head = solve_head(
            learnt.problem(class_weight),
            judged.problem(),
            groups=groups,
            strengths=strengths,
            on_step=lambda tried, _: on_step(tried),
            stop=stop,
        )
        on_step(len(strengths))  # the search may have stopped early, and is over all the same
        return head


def hold_out(
    labels: np.ndarray[Any, Any], leaves: Sequence[str | None] | None
) -> np.ndarray[Any, Any]:
    """Choose photos to judge by: every fifth leaf of each class.

    Args:
        labels: Class number of each photo, shape ``(n,)``.
        leaves: The leaf that each photo shows; ``None``, or ``None`` for all, where unknown.

    Returns:
        Whether each photo is held out, shape ``(n,)``. All photos of one leaf are on one side;
        where there are fewer than two leaves in every class, one photo in five whatever its class.
    """
    groups = [leaf or row for row, leaf in enumerate(leaves or [None] * len(labels))]
    chosen = set()
    for label in np.unique(labels):
        own = list(dict.fromkeys(groups[row] for row in np.flatnonzero(labels == label)))
        chosen |= set(own[1::_HELD_OUT])
    held_out = np.array([group in chosen for group in groups])
    if held_out.any() and not held_out.all():
        return held_out
    return np.arange(len(labels)) % _HELD_OUT == 1


def _is_no_worse(head: LinearHead, present: LinearHead, unseen: HeadInputs) -> bool:
    # Random weights are unsure, so on a few unlike photos their loss may be lower by chance.
    return is_untrained(present) or _loss(head, unseen) <= _loss(present, unseen)


def _loss(head: LinearHead, data: HeadInputs) -> float:
    return mean_cross_entropy(head.probabilities(data.features), data.problem())
