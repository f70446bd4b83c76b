"""A set of photos with what a frozen network makes of them, looked at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from transferleaf.auditing.facts import PhotoFacts, photo_facts
from transferleaf.auditing.subject import Subject
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.store import FeatureStore
from transferleaf.freezing.feature_groups import FeatureGroup, average_groups, default_groups
from transferleaf.text.progress import Reporter
from transferleaf.training.assembly import resolve_backbone
from transferleaf.training.evidence import stored_groups

BACKBONE = "efficientnet_lite0"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotoSet:
    """Photos, and the features of ``efficientnet_lite0``.

    Attributes:
        data: The photos.
        facts: What an audit knows of each file.
        features: What a head sees, shape ``(n, n_features)``.
        averages: Averages of all stages, shape ``(n, width)``.
        widths: Features of each stage among the averages.
        groups: Where ``features`` come from.
        subject: What the checks of an audit look at.
    """

    data: tl.LeafDataset
    facts: tuple[PhotoFacts, ...]
    features: NDArray[np.float32]
    averages: NDArray[np.float32]
    widths: tuple[int, ...]
    groups: tuple[FeatureGroup, ...]
    subject: Subject

    @classmethod
    def open(cls, folder: Path, name: str) -> PhotoSet:
        """Look at the photos of ``folder/name``, with the leaves of a map beside it."""
        leaves = folder / f"{name}-leaves.csv"
        data = tl.open_leaves(folder / name, leaves=leaves if leaves.exists() else "auto")
        prefix = FrozenPrefix(
            backbone=resolve_backbone(BACKBONE, weights="imagenet", stages=None, image_size=None),
            store=FeatureStore(None),
            reporter=Reporter(0),
            photos=len(data),
        )
        stored = stored_groups(prefix, data.paths)
        layers = prefix.backbone.describe()
        facts = photo_facts(data.paths)
        return cls(
            data=data,
            facts=facts,
            subject=Subject.compare(data, facts),
            features=stored.read(),
            averages=stored.select(average_groups(layers)).read(),
            widths=layers.widths,
            groups=default_groups(layers),
        )

    def some(self, photos: NDArray[np.int64]) -> PhotoSet:
        """Return a part of the photos."""
        data = self.data.subset(photos)
        facts = tuple(self.facts[photo] for photo in photos)
        return PhotoSet(
            data=data,
            facts=facts,
            subject=Subject.compare(data, facts),
            features=self.features[photos],
            averages=self.averages[photos],
            widths=self.widths,
            groups=self.groups,
        )

    def draw(self, number: int | None, rng: np.random.Generator) -> PhotoSet:
        """Draw so many photos, each class in turn."""
        if number is None or number >= len(self.data):
            return self
        order = rng.permutation(len(self.data))
        labels = self.data.labels[order]
        turn = np.empty(len(order), np.int64)
        for label in range(len(self.data.classes)):
            turn[labels == label] = np.arange((labels == label).sum())
        drawn: Any = np.sort(order[np.argsort(turn, kind="stable")[:number]])
        return self.some(drawn)
