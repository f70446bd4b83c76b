"""Accuracy of frozen backbones whose pretrained weights are installed."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import transferleaf as tl

SETS = {"PlantVillage": "plantvillage-mini", "field leaves": "field-mini"}
_SPLITS = 3


def accuracies(name: str, photos: Path) -> dict[str, Any]:
    """Train the head on 60 % of the photos of each set, and test it on 40 %, by leaf.

    Args:
        name: The backbone, at its own image size.
        photos: The folder of the photo sets.

    Returns:
        For each set: the accuracy of each split, their mean, and its standard error.
    """
    found = {}
    for title, folder in SETS.items():
        leaves = photos / f"{folder}-leaves.csv"
        data = tl.LeafDataset.from_folder(
            photos / folder, leaves=leaves if leaves.exists() else None
        )
        each = [_accuracy(name, data, seed) for seed in range(_SPLITS)]
        found[title] = {
            "splits": each,
            "mean": fmean(each),
            "standard_error": stdev(each) / sqrt(len(each)),
        }
    return found


def _accuracy(name: str, data: tl.LeafDataset, seed: int) -> float:
    train, test = data.split(0.6, 0.4, seed=seed)
    classifier = tl.TransferClassifier(
        classes=data.classes, backbone=name, freeze=tl.FreezePolicy.freeze_base()
    )
    classifier.fit(train, verbose=0)
    guessed = classifier.predict(test, verbose=0).argmax(axis=1)
    return float((guessed == test.labels).mean())
