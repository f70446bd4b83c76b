"""Variants of second-order features: other roots, projections and stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

import transferleaf as tl
from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.features.engines import open_engine
from transferleaf.features.second_order import ITERATIONS, RIDGE, SecondOrderPooling, projection
from transferleaf.freezing.feature_groups import FeatureGroup

Matrices = NDArray[np.float32]
Root = Callable[[tf.Tensor], tf.Tensor]

_BATCH = 256


@keras.saving.register_keras_serializable("transferleaf.benchmarks")
class Covariance(keras.layers.Layer):
    """The upper triangle of the covariance of a map's channels."""

    def call(self, maps: tf.Tensor) -> tf.Tensor:
        """Pool ``(batch, height, width, n)`` to ``(batch, n * (n + 1) / 2)``."""
        pooling = SecondOrderPooling()
        return upper(pooling.covariance(pooling.centred(maps)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A kind of second-order features.

    Attributes:
        name: Its name.
        channels: A dictionary from the index of the stage to the number of channels.
        root: Maps covariances ``(batch, n, n)`` to features.
        projected: Maps stage and number of channels to directions ``(width, channels)``.
        weighed: Whether averages without covariances have the same weights as with them.
    """

    name: str
    channels: dict[int, int]
    root: Root = field(default_factory=lambda: newton_schulz(ITERATIONS))
    projected: Callable[[Covariances, int, int], Matrices] = field(
        default=lambda known, stage, channels: projection(known.widths[stage], channels)
    )
    weighed: bool = False


@dataclass(kw_only=True)
class Covariances:
    """Averages of all stages and covariances of the early ones, for all photos of a data set.

    Attributes:
        data: The photos.
        backbone: The network.
        stages: Number of stages with covariances.
    """

    data: tl.LeafDataset
    backbone: Backbone
    stages: int

    @property
    def widths(self) -> tuple[int, ...]:
        """The channels of each stage."""
        return self.backbone.describe().widths

    @cached_property
    def _parts(self) -> list[Matrices]:
        """The averages of each stage, then the covariances, ``(n, width)`` each."""
        model = self.backbone.model
        photos = keras.Input(model.input.shape[1:])
        maps = keras.tree.flatten(model(PixelNormalization(self.backbone.pixels)(photos)))
        averages = [keras.layers.GlobalAveragePooling2D()(each) for each in maps]
        covariances = [Covariance()(each) for each in maps[: self.stages]]
        network = keras.Model(photos, [*averages, *covariances])
        batches = read_photos(self.data.paths, self.backbone.image_size)
        first = next(read_photos(self.data.paths[:1], self.backbone.image_size))
        engine = open_engine(network, first, tell=print)
        found = list(zip(*engine.run(batches), strict=True))
        return [np.concatenate(part) for part in found]

    @property
    def averages(self) -> list[Matrices]:
        """The averages of each stage, ``(n, channels)``."""
        return self._parts[: len(self.widths)]

    def mean(self, stage: int) -> Matrices:
        """Return the mean covariance of the first 512 photos, ``(channels, channels)``."""
        return matrices(self._parts[len(self.widths) + stage][:512]).mean(axis=0)

    def features(self, variant: Variant) -> tuple[Matrices, list[FeatureGroup]]:
        """Return averages and second-order features, and their feature groups."""
        parts, groups = [], []
        for stage, average in enumerate(self.averages):
            parts.append(average)
            groups.append(FeatureGroup(stage, "average", average.shape[1]))
            if channels := variant.channels.get(stage):
                parts.append(self._second_order(variant, stage, channels))
                groups.append(FeatureGroup(stage, "second-order", channels))
        if variant.weighed:
            groups.append(FeatureGroup(0, "second-order", 0))
        return np.concatenate(parts, axis=1), groups

    def _second_order(self, variant: Variant, stage: int, channels: int) -> Matrices:
        whole = channels == self.widths[stage]
        directions = np.eye(channels, dtype="f4")
        if not whole:
            directions = variant.projected(self, stage, channels)

        @tf.function
        def made(covariances: tf.Tensor) -> tf.Tensor:
            few = tf.transpose(directions) @ (covariances @ directions)
            return upper(variant.root(few))

        rows = self._parts[len(self.widths) + stage]
        blocks = [rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH)]
        return np.concatenate([made(tf.constant(matrices(block))).numpy() for block in blocks])


def newton_schulz(iterations: int) -> Root:
    """Return the root of the library, with another number of steps."""
    pooling = SecondOrderPooling(iterations=iterations)
    return lambda covariances: pooling.full_root(covariances)


def elementwise(covariances: tf.Tensor) -> tf.Tensor:
    """Return the signed square root of each element."""
    return tf.sign(covariances) * tf.sqrt(tf.abs(covariances))


def spectral(change: Callable[[tf.Tensor], tf.Tensor]) -> Root:
    """Return a function of the eigenvalues, such as the logarithm, which few formats support."""

    def root(covariances: tf.Tensor) -> tf.Tensor:
        n = covariances.shape[-1]
        variance = tf.linalg.trace(covariances)[:, None, None] / n
        values, vectors = tf.linalg.eigh(covariances + RIDGE * variance * tf.eye(n))
        changed = change(tf.maximum(values, 1e-12))
        return tf.matmul(vectors * changed[:, None, :], vectors, transpose_b=True)

    return root


def picked(covariances: Covariances, stage: int, channels: int) -> Matrices:
    """Return evenly spaced channels instead of directions."""
    width = covariances.widths[stage]
    directions = np.zeros((width, channels), np.float32)
    directions[np.linspace(0, width - 1, channels).round().astype(int), np.arange(channels)] = 1
    return directions


def principal(covariances: Covariances, stage: int, channels: int) -> Matrices:
    """Return the directions along which the first photos vary most."""
    _, vectors = np.linalg.eigh(covariances.mean(stage))
    return vectors[:, ::-1][:, :channels].astype(np.float32)


def capped(widths: dict[int, int], channels: int) -> dict[int, int]:
    """Limit the number of channels of each stage."""
    return {stage: min(width, channels) for stage, width in widths.items()}


def upper(squares: tf.Tensor) -> tf.Tensor:
    """Return the upper triangle of ``(batch, n, n)``."""
    n = squares.shape[-1]
    rows, columns = np.triu_indices(n)
    return tf.gather(tf.reshape(squares, (-1, n * n)), rows * n + columns, axis=1)


def matrices(triangles: Matrices) -> Matrices:
    """Return symmetric matrices from their upper triangles, ``(batch, n, n)``."""
    n = int((np.sqrt(8 * triangles.shape[1] + 1) - 1) / 2)
    rows, columns = np.triu_indices(n)
    squares = np.empty((len(triangles), n, n), np.float32)
    squares[:, rows, columns] = squares[:, columns, rows] = triangles
    return squares


def all_variants(covariances: Covariances, chosen: dict[int, int]) -> Sequence[Variant]:
    """Return the compared roots, projections, stages and numbers of features."""
    widths = dict(enumerate(covariances.widths[: covariances.stages]))
    most = max(chosen.values())
    fine = {stage: widths[stage] for stage in (0, 1)}
    late = {stage: widths[stage] for stage in list(chosen)[1:]}
    return (
        Variant(name="averages alone", channels={}),
        Variant(
            name="averages only, with the group weights of the default head",
            channels={},
            weighed=True,
        ),
        Variant(name="signed square root of each number", channels=chosen, root=elementwise),
        Variant(name="Newton-Schulz, 3 steps", channels=chosen, root=newton_schulz(3)),
        Variant(name="**Newton-Schulz, 5 steps**", channels=chosen),
        Variant(name="Newton-Schulz, 10 steps", channels=chosen, root=newton_schulz(10)),
        Variant(name="exact square root", channels=chosen, root=spectral(tf.sqrt)),
        Variant(name="logarithm", channels=chosen, root=spectral(tf.math.log)),
        Variant(name="principal directions", channels=chosen, projected=principal),
        Variant(name="every k-th channel", channels=chosen, projected=picked),
        Variant(name="half as many channels", channels=capped(chosen, most // 2)),
        Variant(name="all channels", channels={stage: widths[stage] for stage in chosen}),
        Variant(name="with the two finer stages added", channels=capped(fine, most) | chosen),
        Variant(name="without the finest of the stages", channels=capped(late, most)),
    )
