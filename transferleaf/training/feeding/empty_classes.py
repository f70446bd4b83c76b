"""A warning about classes without training photos."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from transferleaf.training.feeding.feeds import Feed


class EmptyClassWarning(UserWarning):
    """Some classes have no training photo, so the classifier will hardly ever predict them."""


def warn_of_empty_classes(train: Feed, classes: Sequence[str]) -> None:
    """Warn about classes without a training photo. Those of a stream are not known in advance.

    Args:
        train: The training photos.
        classes: Names of the classes, in the order of the outputs.
    """
    if train.indexed is None:
        return
    # Not by main class: with mixed labels, a photo can count for several classes.
    shares = train.indexed.targets.sum(axis=0)
    empty = [name for name, share in zip(classes, shares, strict=True) if not share]
    if empty:
        warnings.warn(
            f"no training photo shows {empty}, so they will hardly ever be predicted; add photos "
            "of them, or make a classifier without these classes.",
            EmptyClassWarning,
            stacklevel=3,  # the caller of fit
        )
