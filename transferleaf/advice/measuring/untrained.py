"""A network of the same shape that has learnt nothing: what pretraining is measured against."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.advice.measuring.batch_norm_inputs import (
    batch_norms,
    channel_moments,
    listening,
    run_eagerly,
)
from transferleaf.backbones.backbone import Backbone

# Ten times the spread below which the solver of the probes takes a feature for constant.
_FAINT = 1e-5


def untrained_twin(backbone: Backbone, photos: NDArray[Any], *, seed: int) -> Backbone | None:
    """Build the same network with random weights; the given one stays as it is.

    Its batch normalisations have the mean 0 and variance 1 of new layers, as long as the features
    of all stages tell photos apart. Where signals fade or overflow on their way through a deep
    network, the statistics of ``photos`` take their place: else it would seem useless for a reason
    that has nothing to do with what it learnt. They are not taken throughout, because a deep random
    network that is normalised at every layer scatters like photos, and then tells less.

    Args:
        backbone: The network whose shape is wanted.
        photos: One batch, ``(batch, image_size, image_size, 3)``, RGB in [0, 255].
        seed: Seeds the weights. The program's own random numbers are not touched.

    Returns:
        The network, or ``None`` where Keras cannot build one of its layers again.
    """
    try:
        with _seeded_initializers(seed):
            model = keras.models.clone_model(backbone.model)
    except Exception:  # a layer of the user's fails in any way
        return None
    twin = replace(backbone, model=model, name=f"{backbone.name}, untrained")
    norms = batch_norms(model).values()
    if norms and not _tells_apart(twin, photos):
        with listening(norms, _settle):
            run_eagerly(twin, photos)
    return twin


def _tells_apart(backbone: Backbone, photos: NDArray[Any]) -> bool:
    """Whether most features of each stage differ from photo to photo, and none overflows."""
    for maps in run_eagerly(backbone, photos):
        averages = np.asarray(keras.ops.mean(keras.ops.cast(maps, "float32"), axis=(1, 2)))
        if not np.isfinite(averages).all() or np.median(averages.std(axis=0)) < _FAINT:
            return False
    return True


def _settle(norm: Any, inputs: Any) -> None:
    """Give a batch normalisation the statistics of its inputs, before it uses them."""
    mean, variance = channel_moments(norm, inputs)
    norm.moving_mean.assign(mean)
    norm.moving_variance.assign(variance)


@contextmanager
def _seeded_initializers(seed: int) -> Iterator[None]:
    """Seed the numbers from which Keras' initializers draw their own seeds."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
