"""Cross-validation: one split per fold, and each photo is tested in exactly one of them."""

from __future__ import annotations

import numpy as np

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.split import Split, parts_note
from transferleaf.datasets.parts.splitting import split_indices
from transferleaf.errors import ConfigError


def folds_by_leaf(data: LeafDataset, folds: int, *, seed: int) -> tuple[Split, ...]:
    """Divide a data set into folds; see ``LeafDataset.k_fold``."""
    if isinstance(folds, bool) or not isinstance(folds, (int, np.integer)) or folds < 2:
        raise ConfigError("folds", folds, "be a whole number of at least 2")
    if data.parts:
        raise ConfigError("folds", folds, f"divide a data set without parts: {parts_note(data)}")
    labels = np.asarray(data.classes)[data.labels]  # names, so that an error names the class
    tests = split_indices(labels, data.leaves, [1 / folds] * folds, seed=seed)
    return tuple(
        Split(
            parts=(data.subset(np.setdiff1d(np.arange(len(data)), test)), data.subset(test)),
            names=("train", "test"),
            fractions=(1 - 1 / folds, 1 / folds),
            seed=seed,
        )
        for test in tests
    )
