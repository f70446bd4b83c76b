"""The accuracy of a linear classifier on each stage, for a figure of the docs."""

from __future__ import annotations

import numpy as np

from docs.figures.stage_probes import stage_probes
from transferleaf.datasets.parts.sampling import Labelled


def test_photos_of_one_leaf_are_guessed_from_other_leaves():
    """Features that name each leaf would give away the label of its other photos."""
    own = np.repeat(np.arange(18), 4)
    labels = np.random.default_rng(0).permutation(np.arange(18) % 3)[own]
    photos = Labelled(labels=labels, leaves=tuple(map(str, own)), classes=tuple("abc"))

    (probe,) = stage_probes(np.eye(18, dtype="f4")[own], photos, widths=(18,), folds=3, seed=0)

    assert probe.accuracy < 0.6
