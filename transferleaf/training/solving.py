"""The phase that solves the head: features once, the best linear classifier, an epoch's results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np

from transferleaf.datasets.augmentation import Augmentation
from transferleaf.datasets.feeding import LabelForm
from transferleaf.training.features import StoredFeatures, compute_features, feature_model
from transferleaf.training.feeds import Feed
from transferleaf.training.head import read_head, stage_widths, write_head
from transferleaf.training.head_solver import (
    L2_STRENGTHS,
    Floats,
    LinearHead,
    mean_cross_entropy,
    solve_head,
)

# One leaf in so many judges the L2 strengths where there is no validation data.
_HELD_OUT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedHead:
    """What solving the head came to.

    Attributes:
        head: The head that was found.
        logs: Results as an epoch of Keras' ``fit`` would give them.
    """

    head: LinearHead
    logs: dict[str, float]


def solve_phase(
    classifier: keras.Model,
    train: Feed,
    validation: Feed | None,
    *,
    n_classes: int,
    labels: LabelForm,
    class_weight: Floats | None,
    augment: Augmentation | None,
    seed: int,
    verbose: int,
) -> SolvedHead:
    """Solve the head of a compiled ``classifier`` on features of its frozen backbone.

    The solved head replaces the present one unless that is better on the validation data, as it
    may be when a trained classifier is trained again.
    """
    network = feature_model(classifier)

    def features_of(feed: Feed, label: str, view: Augmentation | None = None) -> StoredFeatures:
        batches = feed.open(None)
        if view is not None:
            batches = view.apply(batches, classes=n_classes, seed=seed)
        with _bar(label, feed.steps, verbose) as on_batch:
            return compute_features(network, batches, n_classes=n_classes, on_batch=on_batch)

    seen = features_of(train, "features of the training photos")
    unseen = None
    if validation is not None:
        unseen = features_of(validation, "features of the validation photos")
    learnt = seen
    if augment is not None:
        learnt = seen.joined(features_of(train, "features of augmented photos", augment))
    solve = partial(
        _solve, widths=stage_widths(classifier), class_weight=class_weight, verbose=verbose
    )
    if unseen is not None:
        head = solve(learnt, unseen)
    else:
        held_out = hold_out(seen.targets.argmax(axis=1), train.leaves)
        most, rest = (seen.part(np.flatnonzero(rows)) for rows in (~held_out, held_out))
        head = solve(learnt, learnt, strengths=(solve(most, rest).l2,))
    if unseen is None or _loss(head, unseen) <= _loss(read_head(classifier), unseen):
        write_head(classifier, head)
    kept = read_head(classifier)
    logs = compiled_results(classifier, kept, seen, labels)
    if unseen is not None:
        judged = compiled_results(classifier, kept, unseen, labels)
        logs |= {f"val_{name}": value for name, value in judged.items()}
    return SolvedHead(head=head, logs=logs)


def compiled_results(
    classifier: keras.Model, head: LinearHead, data: StoredFeatures, labels: LabelForm
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
    learnt: StoredFeatures,
    judged: StoredFeatures,
    *,
    widths: Sequence[int],
    class_weight: Floats | None,
    verbose: int,
    strengths: Sequence[float] = L2_STRENGTHS,
) -> LinearHead:
    with _bar("solving the head", len(strengths), verbose) as on_step:
        return solve_head(
            learnt.problem(class_weight),
            judged.problem(),
            widths=widths,
            strengths=strengths,
            on_step=lambda tried, _: on_step(tried),
        )


def hold_out(
    labels: np.ndarray[Any, Any], leaves: Sequence[str | None] | None
) -> np.ndarray[Any, Any]:
    """Choose photos to judge by: every fifth leaf of each class.

    Args:
        labels: Class number of each photo, shape ``(n,)``.
        leaves: The leaf that each photo shows; ``None``, or ``None`` for all, where unknown.

    Returns:
        Whether each photo is held out, shape ``(n,)``. Never all photos of a class; where there
        are fewer than two leaves in every class, one photo in five whatever its class.
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


def _loss(head: LinearHead, data: StoredFeatures) -> float:
    return mean_cross_entropy(head.probabilities(data.features), data.problem())


@contextmanager
def _bar(label: str, total: int | None, verbose: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar in a terminal, and give the function that moves it."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), disable=verbose != 1) as progress:
        task = progress.add_task(label, total=total)

        def move(done: int) -> None:
            progress.update(task, completed=done)

        yield move
