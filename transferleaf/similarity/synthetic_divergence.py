"""How far feature maps of photos are from those of synthetic photos: without batch norm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone
from transferleaf.similarity.batch_norm_inputs import eager_batch_size, run_eagerly
from transferleaf.similarity.divergence import (
    ChannelMoments,
    MomentSum,
    gaussian_divergence,
)
from transferleaf.similarity.synthetic_photos import synthetic_photos

_MADE = 128

# Added to variances, as a share of the mean variance of a stage, so that a channel that hardly ever
# changes does not outweigh all others.
_FLOOR = 1e-3


def synthetic_divergences(backbone: Backbone, photos: Iterable[NDArray[Any]]) -> tuple[float, ...]:
    """Compare the channels of each stage with those that the same network has for synthetic photos.

    Args:
        backbone: The network.
        photos: Batches, each ``(batch, image_size, image_size, 3)``, RGB in [0, 255].

    Returns:
        The divergence of each stage in nats a channel, at least 0.
    """
    reference = _map_moments(backbone, _made(backbone.image_size))
    return tuple(
        float(gaussian_divergence(seen, made, epsilon=_FLOOR * float(made.variance.mean())).mean())
        for seen, made in zip(_map_moments(backbone, photos), reference, strict=True)
    )


def _made(image_size: int) -> Iterator[NDArray[np.float32]]:
    photos = synthetic_photos(_MADE, image_size)
    batch = eager_batch_size(image_size)
    for start in range(0, _MADE, batch):
        yield photos[start : start + batch].astype(np.float32)


def _map_moments(backbone: Backbone, photos: Iterable[NDArray[Any]]) -> list[ChannelMoments]:
    """Return the moments of the channels of each stage over all photos and positions."""
    totals = [MomentSum() for _ in backbone.stages]
    for batch in photos:
        maps = run_eagerly(backbone, batch)[: len(totals)]
        for total, found in zip(totals, maps, strict=True):
            mean, variance = keras.ops.moments(keras.ops.cast(found, "float32"), axes=(0, 1, 2))
            total.add(mean, variance, photos=len(batch))
    return [total.moments() for total in totals]
