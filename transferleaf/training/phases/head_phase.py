"""The phase that solves the head: logistic regression on features of the frozen network."""

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
from transferleaf.text.progress import Reporter
from transferleaf.training.phases.head_inputs import HeadInputs, HeadPhotos

# Without validation data, one fifth of the leaves is held out to choose the L2 strength.
_HELD_OUT = 5

# The middle of the searched range, used if there are too few photos for a search.
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

    The solved head replaces the present one, unless that is trained and better on the validation
    data, which can happen if a trained classifier is trained again.

    Args:
        classifier: The classifier. Its head is set.
        photos: The photos for solving and validating the head.
        groups: The feature groups of the head.
        leaves: The leaf that each training photo shows, if known.
        labels: The form of labels that the loss takes.
        class_weight: Weight of each class, shape ``(n_classes,)``, if any.
        reporter: Shows progress.
        stop: Returns whether the search of the L2 strength must end, because the time is short.

    Returns:
        The metrics, as for one epoch of Keras' ``fit``.
    """
    learnt, seen, unseen = photos.learnt, photos.seen, photos.unseen
    domains = read_head(classifier).domains
    solve = partial(
        _solve,
        groups=groups,
        class_weight=class_weight,
        domains=domains,
        reporter=reporter,
        stop=stop,
    )
    if unseen is not None:
        head = solve(learnt, unseen)
    else:
        # A head that distinguishes photos from field scenes is also judged on both.
        judged_on = seen if domains == 1 else learnt
        strength = _strength_without_validation(solve, judged_on, leaves, photos=len(seen.targets))
        head = solve(learnt, learnt, strengths=(strength,))
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
    inputs: HeadInputs,
    leaves: Sequence[str | None] | None,
    *,
    photos: int,
) -> float:
    """Choose the L2 strength on held-out photos, or return a default if there are too few.

    Args:
        solve: Solves a head on the first inputs, with the L2 strength that is best on the second.
        inputs: The photos, in one or several views, one view after the other.
        leaves: The leaf that each photo shows, if known.
        photos: Number of photos.
    """
    held_out = hold_out(inputs.targets[:photos].argmax(axis=1), leaves)
    held_out = np.tile(held_out, len(inputs.targets) // photos)
    counts = inputs.weights > 0
    most, rest = (np.flatnonzero(rows & counts) for rows in (~held_out, held_out))
    if not len(most) or not len(rest):
        return _USUAL_L2
    return solve(inputs.part(most), inputs.part(rest)).l2


def compiled_results(
    classifier: keras.Model, head: LinearHead, data: HeadInputs, labels: LabelForm
) -> dict[str, float]:
    """Return the loss and metrics of a compiled ``classifier`` on stored features."""
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
    domains: int,
    reporter: Reporter,
    stop: Callable[[], bool],
    strengths: Sequence[float] = L2_STRENGTHS,
) -> LinearHead:
    with reporter.bar("solving the head", len(strengths)) as on_step:
        head = solve_head(
            learnt.problem(class_weight, domains=domains),
            judged.problem(domains=domains),
            groups=groups,
            strengths=strengths,
            on_step=lambda tried, _: on_step(tried),
            stop=stop,
        )
        on_step(len(strengths))  # the search may have ended early
        return head


def hold_out(
    labels: np.ndarray[Any, Any], leaves: Sequence[str | None] | None
) -> np.ndarray[Any, Any]:
    """Choose every fifth leaf of each class as held-out photos.

    Args:
        labels: Class index of each photo, shape ``(n,)``.
        leaves: The leaf that each photo shows, or ``None`` if unknown.

    Returns:
        Whether each photo is held out, shape ``(n,)``. Photos of one leaf stay together. If no
        class has two leaves, every fifth photo is held out, independent of its class.
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
    # A random head has a moderate loss, which may be lower by chance on a few unusual photos.
    return is_untrained(present) or _loss(head, unseen) <= _loss(present, unseen)


def _loss(head: LinearHead, data: HeadInputs) -> float:
    return mean_cross_entropy(head.probabilities(data.features), data.problem())
