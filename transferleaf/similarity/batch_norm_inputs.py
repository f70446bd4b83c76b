"""Statistics of the inputs of batch-norm layers, compared with those of the pretraining."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone, weighted_layers
from transferleaf.backbones.pixels import PixelNormalization
from transferleaf.backbones.stages import stages_of_layers
from transferleaf.similarity.divergence import ChannelMoments, MomentSum, gaussian_divergence

Listener = Callable[[Any, Any], None]

# Keras keeps all feature maps until an eager pass ends: 5 GB for 32 photos of 224 px in ResNet50.
_PIXELS_AT_ONCE = 8 * 224 * 224
_PHOTOS_AT_ONCE = 32


def stage_divergences(
    backbone: Backbone, photos: Iterable[NDArray[Any]]
) -> tuple[float | None, ...]:
    """Return the divergence of the batch-norm inputs of each stage from the pretraining.

    The network runs once over the photos, in inference mode. Divergences are averaged over the
    channels of a layer, then over the layers of a stage, so that wide layers do not count more.

    Compare divergences only at the same image size. For EfficientNet-Lite0, those of blocks 1 to 5
    hardly differ between 224 and 96 px (leaves 0.06-0.14 nats per channel, steel surfaces
    0.26-0.37), but those of the last blocks double for leaves (0.21 to 0.43).

    Args:
        backbone: The network.
        photos: Batches, each ``(batch, image_size, image_size, 3)``, RGB in [0, 255].

    Returns:
        Nats per channel, at least 0. ``None`` for a stage without trained batch-norm layers.
    """
    norms = _trained_norms(backbone.model)
    if not norms:
        return (None,) * len(backbone.stages)
    seen = _moments_seen(backbone, norms.values(), photos)
    stage_of = stages_of_layers(backbone.model, backbone.stages)
    by_stage: defaultdict[int, list[float]] = defaultdict(list)
    for path, norm in norms.items():
        if id(norm) in seen:  # otherwise it is after the last stage
            stored = ChannelMoments(
                mean=np.asarray(norm.moving_mean), variance=np.asarray(norm.moving_variance)
            )
            each = gaussian_divergence(seen[id(norm)], stored, epsilon=norm.epsilon)
            by_stage[stage_of[path.split("/")[0]]].append(float(each.mean()))
    return tuple(
        float(np.mean(by_stage[stage])) if by_stage[stage] else None
        for stage in range(len(backbone.stages))
    )


def batch_norms(model: keras.Model) -> dict[str, Any]:
    """Return the batch-norm layers of a network by path, including nested ones."""
    return {
        path: layer
        for path, layer in weighted_layers(model)
        if isinstance(layer, keras.layers.BatchNormalization)
    }


@contextmanager
def listening(norms: Iterable[Any], listen: Listener) -> Iterator[None]:
    """Call ``listen(layer, inputs)`` before each call of a batch-norm layer.

    Keras has no hooks, and a graph cannot reach inputs inside composite layers, so the ``call`` of
    each layer is replaced temporarily. The network must run eagerly, because otherwise the inputs
    are symbolic.

    Args:
        norms: The layers. They must not run in another thread at the same time.
        listen: Called with each layer and its inputs, shape ``(batch, height, width, channels)``.
    """
    layers = list(norms)
    try:
        for layer in layers:
            _call_by(layer, listen)
        yield
    finally:
        for layer in layers:
            layer.__dict__.pop("call", None)


def channel_moments(layer: Any, inputs: Any) -> tuple[Any, Any]:
    """Return mean and variance of each channel of the inputs of a batch-norm layer, in float32."""
    rank = len(inputs.shape)
    axes = [axis for axis in range(rank) if axis != layer.axis % rank]
    return keras.ops.moments(keras.ops.cast(inputs, "float32"), axes=axes)


def eager_batch_size(image_size: int) -> int:
    """Return how many photos of a size should run eagerly at once, so that they need about 1 GB.

    >>> eager_batch_size(96), eager_batch_size(224)
    (32, 8)
    """
    return max(2, min(_PHOTOS_AT_ONCE, _PIXELS_AT_ONCE // image_size**2))


def run_eagerly(backbone: Backbone, photos: NDArray[Any]) -> list[Any]:
    """Run the network on a batch in inference mode, and return the feature map of each stage."""
    maps = backbone.model(PixelNormalization(backbone.pixels)(photos), training=False)
    return list(keras.tree.flatten(maps))


def _call_by(layer: Any, listen: Listener) -> None:
    original = layer.call

    def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
        listen(layer, inputs)
        return original(inputs, *args, **kwargs)

    # Bypasses the attribute handling of Keras, which does not accept changes of built layers.
    layer.__dict__["call"] = call


def _trained_norms(model: keras.Model) -> dict[str, Any]:
    """Return the layers whose statistics differ from those of a new layer."""
    return {
        path: norm
        for path, norm in batch_norms(model).items()
        if np.asarray(norm.moving_mean).any() or (np.asarray(norm.moving_variance) != 1).any()
    }


def _moments_seen(
    backbone: Backbone, norms: Iterable[Any], photos: Iterable[NDArray[Any]]
) -> dict[int, ChannelMoments]:
    """Return the moments of each layer's inputs over all photos, by the id of the layer."""
    totals: defaultdict[int, MomentSum] = defaultdict(MomentSum)
    batch_size = 0

    def listen(layer: Any, inputs: Any) -> None:
        totals[id(layer)].add(*channel_moments(layer, inputs), photos=batch_size)

    with listening(norms, listen):
        for batch in photos:
            batch_size = len(batch)
            run_eagerly(backbone, batch)
    return {layer: total.moments() for layer, total in totals.items()}
