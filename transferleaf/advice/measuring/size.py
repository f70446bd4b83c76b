"""The amount of data in photos and leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transferleaf.advice.evidence import CurvePoint, SizeEvidence
from transferleaf.advice.measuring.labelled import Labelled


def size_evidence(photos: Labelled, curve: Sequence[CurvePoint]) -> SizeEvidence:
    """Count photos, classes and leaves.

    Args:
        photos: Labels and leaves of all photos.
        curve: The learning curve measured on them.

    >>> photos = Labelled(labels=np.array([0, 0, 1]), leaves=("a", "a", None), classes=("x", "y"))
    >>> found = size_evidence(photos, ())
    >>> found.photos, found.classes, found.leaves, found.smallest_class
    (3, 2, 2, 1)
    """
    counts = np.bincount(photos.labels, minlength=len(photos.classes))
    known = any(leaf is not None for leaf in photos.leaves)
    return SizeEvidence(
        photos=len(photos),
        classes=len(photos.classes),
        leaves=len(set(photos.numbered_leaves().tolist())) if known else None,
        smallest_class=int(counts.min()),
        learning_curve=tuple(curve),
    )
