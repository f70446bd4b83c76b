"""The measurements of one data set with one network. Each is made once and stored."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.advice.evidence import CurvePoint
from transferleaf.advice.measuring.learning_curve import SHARES, learning_curve
from transferleaf.advice.measuring.notes import Notes
from transferleaf.datasets.parts.sampling import Labelled, Rows, varied_sample
from transferleaf.datasets.photos.reading import DecodeMeter
from transferleaf.errors import BadPhotosError, PhotoError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.outputs import StoredGroups
from transferleaf.features.photos import PhotoSource
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import FeatureGroup, average_groups, default_groups
from transferleaf.similarity.batch_norm_inputs import (
    eager_batch_size,
    run_eagerly,
    stage_divergences,
)
from transferleaf.similarity.synthetic_divergence import synthetic_divergences

# The mean and variance of a channel over 256 photos have an error of a few percent.
_NORMED = 256

# Networks without batch norm are slower, and half as many photos have an error of 1.4 times that.
_MAPPED = 128

# With more photos, a curve takes minutes and is the same.
_CURVED = 4000
_CURVED_OF_A_CLASS = 20

# Number of forward passes. The fastest one counts, because other processes only slow them down.
_TIMED_PASSES = 4

_BATCH = 32  # of the forward pass whose time is estimated


@dataclass(kw_only=True)
class Measurements:
    """Measures the photos of one data set, unless the result is stored already.

    Attributes:
        source: The photos, all readable.
        photos: Their labels and leaves.
        prefix: The frozen network and its store.
        folds: Number of folds for cross-validation, at most the number of leaves of each class.
        seed: Seed of the folds and samples.
    """

    source: PhotoSource
    photos: Labelled
    prefix: FrozenPrefix
    folds: int
    seed: int

    def learning_curve(self) -> tuple[CurvePoint, ...]:
        """Measure the learning curve of the head."""
        numbers = self._notes.recall("learning curve", (len(SHARES), 3), self._measured_curve)
        return tuple(
            CurvePoint(share=share, photos=int(photos), accuracy=accuracy, deviation=deviation)
            for share, (photos, accuracy, deviation) in zip(SHARES, numbers.tolist(), strict=True)
            if not np.isnan(photos)
        )

    def divergences(self) -> tuple[float | None, ...]:
        """Measure the divergence of the batch-norm statistics of each stage."""
        rows = varied_sample(self.photos, limit=_NORMED, least=1, seed=self.seed)

        def measure() -> list[float]:
            batches = self._pixels(rows, "batch-norm statistics")
            found = stage_divergences(self.prefix.backbone, batches)
            return [np.nan if value is None else value for value in found]

        stages = len(self.prefix.backbone.stages)
        numbers = self._notes.recall("divergences", (stages,), measure)
        return tuple(None if np.isnan(value) else value for value in numbers.tolist())

    def made_divergences(self) -> tuple[float, ...] | None:
        """Measure the divergence of each stage from synthetic photos; ``None`` with batch norm."""
        backbone = self.prefix.backbone
        if any(layer.batch_norm for layer in backbone.describe().layers):
            return None
        rows = varied_sample(self.photos, limit=_MAPPED, least=1, seed=self.seed)

        def measure() -> list[float]:
            return list(synthetic_divergences(backbone, self._pixels(rows, "feature maps")))

        numbers = self._notes.recall("made divergences", (len(backbone.stages),), measure)
        return tuple(numbers.tolist())

    def forward_seconds(self) -> float:
        """Measure the seconds of one forward pass per photo, in TensorFlow on this machine."""

        def measure() -> list[float]:
            # A line through two sizes gives the time of a batch of 32, which may need much memory.
            half = eager_batch_size(self.prefix.backbone.image_size) // 2
            few, many = self._seconds_of_a_pass(half), self._seconds_of_a_pass(2 * half)
            a_photo = max(0.0, many - few) / half
            return [a_photo + max(0.0, many - 2 * half * a_photo) / _BATCH]

        machine = f"{platform.node()}, {os.cpu_count()} cores"
        return float(self._notes.recall(f"forward pass on {machine}", (1,), measure)[0])

    def _seconds_of_a_pass(self, photos: int) -> float:
        size = self.prefix.backbone.image_size
        zeros = np.zeros((photos, size, size, 3), np.float32)
        seconds = []
        for _ in range(_TIMED_PASSES):
            began = time.perf_counter()
            np.asarray(run_eagerly(self.prefix.backbone, zeros)[-1])
            seconds.append(time.perf_counter() - began)
        return min(seconds)

    @cached_property
    def _groups(self) -> tuple[FeatureGroup, ...]:
        return default_groups(self.prefix.backbone.describe())

    @cached_property
    def _stored(self) -> StoredGroups:
        """The features that the head uses."""
        label = "features of the photos"
        rows = self.prefix.rows(self.source, View(), groups=self._groups, cut=None, label=label)
        return rows.features

    @cached_property
    def _notes(self) -> Notes:
        photos, backbone = self.photos, self.prefix.backbone
        groups = [(group.stage, group.kind, group.channels) for group in self._groups]
        averages = self._stored.select(average_groups(backbone.describe())).read()
        known = [photos.classes, photos.labels.tolist(), photos.leaves, groups]
        # The averages identify the pixels and the weights.
        return Notes(
            store=self.prefix.store,
            backbone=backbone.name,
            image_size=backbone.image_size,
            inputs=json.dumps([*known, self.folds, self.seed]).encode("ascii") + averages.tobytes(),
        )

    def _measured_curve(self) -> list[list[float]]:
        rows = varied_sample(self.photos, limit=_CURVED, least=_CURVED_OF_A_CLASS, seed=self.seed)
        with self.prefix.reporter.bar("learning curve", self.folds * len(SHARES)) as move:
            points = learning_curve(
                self._stored.take(rows),
                self.photos.part(rows),
                groups=self._groups,
                folds=self.folds,
                seed=self.seed,
                on_head=move,
            )
        found = {point.share: [point.photos, point.accuracy, point.deviation] for point in points}
        return [found.get(share, [np.nan] * 3) for share in SHARES]

    def _pixels(self, rows: Rows, label: str) -> Iterator[NDArray[Any]]:
        """Read photos batch by batch, with a progress bar.

        Raises:
            BadPhotosError: A photo can no longer be read.
        """
        errors: dict[int, PhotoError] = {}
        size = self.prefix.backbone.image_size
        batches = self.source.read(
            rows.tolist(),
            image_size=size,
            batch_size=eager_batch_size(size),
            meter=DecodeMeter(),
            errors=errors,
        )
        done = 0
        with self.prefix.reporter.bar(label, len(rows)) as move:
            for batch in batches:
                yield batch
                done += len(batch)
                move(done)
        if errors:
            found = [self.source.error(int(rows[at]), e.reason) for at, e in errors.items()]
            raise BadPhotosError(found, photos=len(rows))
