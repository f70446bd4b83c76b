"""Measurements of one data set through one network: each is made once, and noted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.advice.evidence import CurvePoint, Probe
from transferleaf.advice.measuring.batch_norm_inputs import stage_divergences
from transferleaf.advice.measuring.labelled import Labelled, Rows, varied_sample
from transferleaf.advice.measuring.learning_curve import SHARES, learning_curve
from transferleaf.advice.measuring.logme import logme
from transferleaf.advice.measuring.notes import Notes
from transferleaf.advice.measuring.stage_probes import stage_probes
from transferleaf.advice.measuring.untrained import untrained_twin
from transferleaf.datasets.photos.reading import DecodeMeter
from transferleaf.errors import BadPhotosError, PhotoError
from transferleaf.features.frozen import FrozenPrefix
from transferleaf.features.outputs import StoredGroups
from transferleaf.features.photos import PhotoSource
from transferleaf.features.views import View
from transferleaf.freezing.feature_groups import FeatureGroup, average_groups, default_groups
from transferleaf.head.space import Floats

# Single stages are probed on so many photos, with the pretrained and the untrained network alike,
# so that the gain of pretraining is one of the same photos and folds. By them stages are told apart
# to a point or two, and an untrained network has to see no more.
_PROBED = 1000
# As many folds as are usual, with as much again to learn from.
_PROBED_OF_A_CLASS = 6

# So many settle the mean and variance of a channel to a percent or two.
_NORMED = 256

# Beyond them a curve takes minutes to measure, and tells the same.
_CURVED = 4000
_CURVED_OF_A_CLASS = 20

_BATCH = 32


@dataclass(kw_only=True)
class Measurements:
    """Measures the photos of one data set, as far as that was not done before.

    Attributes:
        source: The photos, all readable.
        photos: Their labels and leaves.
        prefix: The frozen network and its store.
        folds: Parts that take turns to be guessed, no more than any class has leaves.
        seed: Seeds folds, samples and the untrained network.
    """

    source: PhotoSource
    photos: Labelled
    prefix: FrozenPrefix
    folds: int
    seed: int

    def learning_curve(self) -> tuple[CurvePoint, ...]:
        """Measure the learning curve of a linear classifier on all stages; see there."""
        numbers = self._notes.recall("learning curve", (len(SHARES), 3), self._measured_curve)
        return tuple(
            CurvePoint(share=share, photos=int(photos), accuracy=accuracy, deviation=deviation)
            for share, (photos, accuracy, deviation) in zip(SHARES, numbers.tolist(), strict=True)
            if not np.isnan(photos)
        )

    def probes(self) -> tuple[Probe, ...]:
        """Probe each stage of the network."""
        return self._probes("stage probes", lambda: self._averages[self._probed])

    def untrained_probes(self) -> tuple[Probe, ...]:
        """Probe each stage of an untrained network; empty where none of that shape can be made."""
        return self._probes("untrained stage probes", self._untrained_features)

    def divergences(self) -> tuple[float | None, ...]:
        """Measure how far the inputs of batch normalisations lie from the pretraining's."""
        rows = varied_sample(self.photos, limit=_NORMED, least=1, seed=self.seed)

        def measure() -> list[float]:
            batches = self._pixels(rows, "batch-norm statistics")
            found = stage_divergences(self.prefix.backbone, batches)
            return [np.nan if value is None else value for value in found]

        numbers = self._notes.recall("divergences", (len(self._widths),), measure)
        return tuple(None if np.isnan(value) else value for value in numbers.tolist())

    def logme(self) -> tuple[float, ...]:
        """Tell how probable the labels are given the features of each stage."""

        def measure() -> list[float]:
            stages = np.split(self._averages[self._probed], np.cumsum(self._widths)[:-1], axis=1)
            return [logme(stage, self.photos.labels[self._probed]) for stage in stages]

        return tuple(self._notes.recall("LogME", (len(self._widths),), measure).tolist())

    @cached_property
    def _widths(self) -> tuple[int, ...]:
        return self.prefix.backbone.describe().widths

    @cached_property
    def _groups(self) -> tuple[FeatureGroup, ...]:
        return default_groups(self.prefix.backbone.describe())

    @cached_property
    def _stored(self) -> StoredGroups:
        """What a head sees of all stages."""
        label = "features of the photos"
        rows = self.prefix.rows(self.source, View(), groups=self._groups, cut=None, label=label)
        return rows.features

    @cached_property
    def _averages(self) -> Floats:
        """Averaged outputs of all stages, side by side."""
        return self._stored.select(average_groups(self.prefix.backbone.describe())).read()

    @cached_property
    def _probed(self) -> Rows:
        """The photos on which single stages are probed."""
        return varied_sample(self.photos, limit=_PROBED, least=_PROBED_OF_A_CLASS, seed=self.seed)

    @cached_property
    def _notes(self) -> Notes:
        photos, backbone = self.photos, self.prefix.backbone
        groups = [(group.stage, group.kind, group.channels) for group in self._groups]
        told = [photos.classes, photos.labels.tolist(), photos.leaves, groups]
        # Averages tell the pixels and the weights apart, and so all that can be made of them.
        return Notes(
            store=self.prefix.store,
            backbone=backbone.name,
            image_size=backbone.image_size,
            inputs=json.dumps([*told, self.folds, self.seed]).encode("ascii")
            + self._averages.tobytes(),
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

    def _probes(self, what: str, features: Callable[[], Floats | None]) -> tuple[Probe, ...]:
        """Probe each stage; ``features`` gives those of the probed photos, if there are any."""

        def measure() -> list[list[float]]:
            given = features()
            if given is None:
                return [[np.nan, np.nan]] * len(self._widths)
            with self.prefix.reporter.bar(what, len(self._widths)) as move:
                probes = stage_probes(
                    given,
                    self.photos.part(self._probed),
                    widths=self._widths,
                    folds=self.folds,
                    seed=self.seed,
                    on_stage=move,
                )
            return [[probe.accuracy, probe.deviation] for probe in probes]

        numbers = self._notes.recall(what, (len(self._widths), 2), measure)
        return tuple(
            Probe(accuracy=accuracy, deviation=deviation)
            for accuracy, deviation in numbers.tolist()
            if not np.isnan(accuracy)
        )

    def _untrained_features(self) -> Floats | None:
        """Features of the probed photos from a network that has learnt nothing."""
        (first,) = self._pixels(self._probed[:_BATCH], "an untrained network")  # ends the bar
        twin = untrained_twin(self.prefix.backbone, first, seed=self.seed)
        if twin is None:
            self.prefix.reporter.say(
                f"{self.prefix.backbone.name!r} cannot be built again with random weights: "
                "what its pretraining gains is not known."
            )
            return None
        network = FrozenPrefix(
            backbone=twin,
            store=self.prefix.store,
            reporter=self.prefix.reporter,
            photos=len(self._probed),
        )
        batches = self._pixels(self._probed, "features of an untrained network")
        groups = average_groups(twin.describe())
        return np.concatenate(list(network.features(batches, groups)))

    def _pixels(self, rows: Rows, label: str) -> Iterator[NDArray[Any]]:
        """Decode some photos, batch by batch, and show how far it is.

        Raises:
            BadPhotosError: A photo that could be read cannot be read any more.
        """
        errors: dict[int, PhotoError] = {}
        batches = self.source.read(
            rows.tolist(),
            image_size=self.prefix.backbone.image_size,
            batch_size=_BATCH,
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
