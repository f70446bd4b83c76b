"""Times of passes, each in turn with a common network, so that other work affects both alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones import PixelNormalization, build_backbone, get_backbone
from transferleaf.features.engines import open_engine
from transferleaf.features.outputs import Output, prefix_network
from transferleaf.freezing.feature_groups import default_groups

Pass = Callable[[NDArray[np.uint8]], object]

REFERENCE = "efficientnet_lite0"
_ROUNDS = 5
_SECONDS = 0.5  # of one pass of one round, at least
_BATCH = 32
_MOST = 128


def frozen_pass(name: str) -> tuple[Pass, int, str]:
    """Return a pass to the features of the head, the image size, and the engine that computes it.

    The weights are random, which takes as long as pretrained ones.
    """
    backbone = build_backbone(get_backbone(name), weights=None)
    outputs = [Output.of(group) for group in default_groups(backbone.describe())]
    size = backbone.image_size
    engine = open_engine(prefix_network(backbone, outputs), photos_of(size, 3), tell=print)

    def run(photos: NDArray[np.uint8]) -> object:
        return [len(parts[0]) for parts in engine.run(_batches(photos))]

    return run, size, engine.name


def plain_pass(name: str) -> Pass:
    """Return a pass of the whole network to its last stage with ``predict`` of Keras."""
    backbone = build_backbone(get_backbone(name), weights=None)
    photos = keras.Input((backbone.image_size, backbone.image_size, 3))
    network = keras.Model(backbone.model.inputs[0], backbone.maps[-1])
    model = keras.Model(photos, network(PixelNormalization(backbone.pixels)(photos)))
    return lambda given: model.predict(given, batch_size=_BATCH, verbose=0)


def photos_of(size: int, number: int) -> NDArray[np.uint8]:
    """Return random pixels. The time of a pass does not depend on what photos show."""
    return np.random.default_rng(0).integers(0, 256, (number, size, size, 3)).astype(np.uint8)


def in_turn(
    first: Pass, second: Pass, first_size: int, second_size: int
) -> tuple[list[float], list[float]]:
    """Measure two passes alternately.

    Returns:
        The seconds of each for one photo, in each round.
    """
    passes = [(first, first_size), (second, second_size)]
    numbers = [_enough(run, size) for run, size in passes]
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        for (run, size), number, seconds in zip(passes, numbers, found, strict=True):
            seconds.append(_seconds(run, photos_of(size, number)) / number)
    return found


def ratio(first: list[float], second: list[float]) -> float:
    """Return how often ``first`` fits into ``second``, as the median over the rounds."""
    return median(late / early for early, late in zip(first, second, strict=True))


def _enough(run: Pass, size: int) -> int:
    """Return how many photos take about a second, after a first pass."""
    number = 4
    run(photos_of(size, number))
    seconds = _seconds(run, photos_of(size, number))
    wanted = int(number * _SECONDS / max(seconds, 1e-3))
    return max(4, min(_MOST, wanted // _BATCH * _BATCH or wanted))


def _seconds(run: Pass, photos: NDArray[np.uint8]) -> float:
    began = time.perf_counter()
    run(photos)
    return time.perf_counter() - began


def _batches(photos: NDArray[np.uint8]) -> Any:
    return (photos[start : start + _BATCH] for start in range(0, len(photos), _BATCH))
