"""Classes that a classifier is to tell and nobody shows it: allowed, but not in silence."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from transferleaf.training.feeding.feeds import Feed


class EmptyClassWarning(UserWarning):
    """Some classes have no training photo, so they will hardly ever be answered."""


def warn_of_empty_classes(train: Feed, classes: Sequence[str]) -> None:
    """Name the classes without a training photo; those of a stream are not known in advance.

    Args:
        train: The photos to learn from.
        classes: Names of the classes, in the order of the outputs.
    """
    if train.indexed is None:
        return
    # Not by main class: a class may have shares of photos that show more of another.
    shares = train.indexed.targets.sum(axis=0)
    empty = [name for name, share in zip(classes, shares, strict=True) if not share]
    if empty:
        warnings.warn(
            f"no training photo shows {empty}, so they will hardly ever be answered; add photos of "
            "them, or make a classifier without these classes.",
            EmptyClassWarning,
            stacklevel=3,  # of whoever called fit
        )
