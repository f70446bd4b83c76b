"""Whether one model is better than another on the same photos, by more than chance explains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.head.space import Floats
from transferleaf.training.feeding.labels import class_shares


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """Which photos a model recognised.

    Attributes:
        labels: The main class of each photo, shape ``(n,)``.
        right: Whether the model names it, shape ``(n,)``.
        weights: How much the photo counts, shape ``(n,)``.
    """

    labels: NDArray[Any]
    right: NDArray[Any]
    weights: NDArray[Any]

    @classmethod
    def of(cls, probabilities: Floats, targets: Floats, weights: NDArray[Any]) -> Answers:
        """Compare what a model says with what is so.

        Args:
            probabilities: Shape ``(n, n_classes)``.
            targets: Class shares, shape ``(n, n_classes)``.
            weights: Shape ``(n,)``.
        """
        labels = targets.argmax(axis=1)
        return cls(labels=labels, right=probabilities.argmax(axis=1) == labels, weights=weights)

    @classmethod
    def joined(cls, parts: Iterable[Answers]) -> Answers:
        """Return the answers of all parts, in their order."""
        fields = zip(*((part.labels, part.right, part.weights) for part in parts), strict=True)
        labels, right, weights = map(np.concatenate, fields)
        return cls(labels=labels, right=right, weights=weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a model did beside the one before it, on the same photos.

    Attributes:
        photos: How many photos were looked at.
        before: Those that the model before had right.
        after: Those that the new one has right.
        gain: Weight of the photos that are right now, less that of those that were before.
        chance: Standard error of ``gain`` if the two were equally good.
    """

    photos: int
    before: int
    after: int
    gain: float
    chance: float

    @property
    def convincing(self) -> bool:
        """Whether the new model is better by more than chance."""
        return self.gain > self.chance


def compare(after: Answers, before: Answers) -> Comparison:
    """Compare two models on the same photos.

    Photos that both have right, or both wrong, tell nothing. Of the others each is a toss of a
    coin if the models are equally good, so that ``gained - lost`` has the standard error
    ``sqrt(gained + lost)`` (McNemar, 1947). One standard error is asked for, as Breiman et al.
    (Classification and Regression Trees, 1984) do before they leave the simpler of two models.

    A stream that is shuffled anew does not say which photos are the same. Then every mistake of
    either model may be a toss of its own, which asks for more.

    >>> photos = {"labels": np.zeros(4), "weights": np.ones(4)}
    >>> none, two = np.zeros(4, bool), np.array([True, True, False, False])
    >>> compare(Answers(right=two, **photos), Answers(right=none, **photos)).convincing
    True
    """
    gains = after.weights * after.right
    losses = before.weights * before.right
    if np.array_equal(after.labels, before.labels):
        tosses = np.square(gains - losses).sum()
    else:
        tosses = sum(np.square(each.weights * ~each.right).sum() for each in (after, before))
    return Comparison(
        photos=int(np.count_nonzero(after.weights)),
        before=int(np.count_nonzero(losses)),
        after=int(np.count_nonzero(gains)),
        gain=float(gains.sum() - losses.sum()),
        chance=float(np.sqrt(tosses)),
    )


def beats_guessing(accuracy: float, counts: NDArray[Any]) -> bool:
    """Whether an accuracy is better, by more than chance, than always naming the commonest class.

    One standard error is asked for, as by ``compare``. Photos of one class alone cannot tell.

    Args:
        accuracy: Share of the photos that are right, in [0, 1].
        counts: Photos of each class, shape ``(n_classes,)``.

    >>> beats_guessing(0.56, np.array([50, 50])), beats_guessing(0.54, np.array([50, 50]))
    (True, False)
    """
    share = counts.max() / counts.sum()
    return bool(share == 1 or accuracy - share > np.sqrt(share * (1 - share) / counts.sum()))


def answers_of(predict: Any, batches: Any, *, n_classes: int) -> Answers:
    """Ask a model for its answers to batches.

    Args:
        predict: Maps the inputs of a batch to class probabilities.
        batches: Elements ``(inputs, labels)`` or ``(inputs, labels, weights)``; labels are class
            numbers or class shares.
        n_classes: Number of classes.
    """
    return Answers.joined(
        Answers.of(
            np.asarray(predict(inputs)),
            class_shares(np.asarray(labels), n_classes),
            np.asarray(weights[0]) if weights else np.ones(len(labels), np.float32),
        )
        for inputs, labels, *weights in batches
    )
