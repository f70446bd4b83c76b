"""The cost of second-order features: longer passes, a slower solver, and disk space."""

from __future__ import annotations

import time
from statistics import median
from typing import Any, TypedDict

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

import transferleaf as tl
from benchmarks.second_order.draws import Draw
from benchmarks.second_order.heads import score
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.features.engines import open_engine
from transferleaf.features.outputs import Output, StoredGroups, prefix_network
from transferleaf.features.second_order import pooling_layer
from transferleaf.freezing.feature_groups import average_groups, default_groups
from transferleaf.training.assembly import resolve_backbone

# Passes of a few seconds, and enough of them to distinguish the cost from noise.
_PHOTOS = {"efficientnet_lite0": 512, "resnet50": 96}
_TURNS = 9
_BATCH = 32


class PassCost(TypedDict):
    """Median seconds of passes over the same photos, alternating both kinds."""

    backbone: str
    image_size: int
    photos: int
    average: float
    second_order: float
    ratio: float


def pass_cost(backbone: str, image_size: int) -> PassCost:
    """Time passes with averages only and with covariances, using random weights."""
    network = resolve_backbone(backbone, weights=None, stages=None, image_size=image_size)
    layers = network.describe()
    photos = np.random.default_rng(0).integers(
        0, 256, (_PHOTOS[backbone], image_size, image_size, 3), np.uint8
    )
    batches = [photos[start : start + _BATCH] for start in range(0, len(photos), _BATCH)]
    engines = [
        open_engine(
            prefix_network(network, [Output.of(group) for group in groups]),
            batches[0],
            tell=print,
        )
        for groups in (average_groups(layers), default_groups(layers))
    ]
    seconds: list[list[float]] = [[], []]
    for turn in range(_TURNS + 1):
        for engine, kept in zip(engines, seconds, strict=True):
            began = time.perf_counter()
            for _ in engine.run(iter(batches)):
                pass
            if turn:  # the first is a warm-up
                kept.append(time.perf_counter() - began)
    average, second_order = map(median, seconds)
    pairs = [late / early for early, late in zip(*seconds, strict=True)]
    return PassCost(
        backbone=backbone,
        image_size=image_size,
        photos=len(photos),
        average=average,
        second_order=second_order,
        ratio=median(pairs),
    )


class SolverCost(TypedDict):
    """Median seconds of the solver on the same photos, alternating both kinds of features."""

    photos: int
    classes: int
    features: list[int]
    seconds: list[float]


def solver_cost(data: tl.LeafDataset, stored: StoredGroups, layers: Any, draw: Draw) -> SolverCost:
    """Time the solver on all photos of a draw."""
    kinds = [(stored.select(g), g) for g in (average_groups(layers), default_groups(layers))]
    turns = [[score(data, part, groups, draw)[0] for part, groups in kinds] for _ in range(3)]
    return SolverCost(
        photos=len(draw.train),
        classes=len(data.classes),
        features=[turns[0][kind]["features"] for kind in (0, 1)],
        seconds=[median(turn[kind]["seconds"] for turn in turns) for kind in (0, 1)],
    )


class HalfPrecision(TypedDict):
    """Predictions of one head for features in half and in single precision."""

    photos: int
    changed_labels: int
    largest_difference: float


def half_precision(
    data: tl.LeafDataset, stored: StoredGroups, backbone: Any, draw: Draw
) -> HalfPrecision:
    """Compare the predictions for stored covariances with those for exact ones."""
    groups = default_groups(backbone.describe())
    _, head = score(data, stored, groups, draw)
    rows = draw.test[:512]
    model = backbone.model

    found: list[NDArray[np.float32]] = []
    pools = [pooling_layer(group.kind, group.channels) for group in groups]
    for batch in read_photos([data.paths[row] for row in rows], backbone.image_size):
        maps = model(PixelNormalization(backbone.pixels)(tf.constant(batch)), training=False)
        parts = [pool(maps[group.stage]) for pool, group in zip(pools, groups, strict=True)]
        found.append(np.concatenate(parts, axis=1))
    exact = head.probabilities(np.concatenate(found))
    half = head.probabilities(stored.take(rows))
    return HalfPrecision(
        photos=len(rows),
        changed_labels=int((exact.argmax(axis=1) != half.argmax(axis=1)).sum()),
        largest_difference=float(np.abs(exact - half).max()),
    )
