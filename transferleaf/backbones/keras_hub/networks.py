"""Division of any KerasHub image network into stages, at any image size."""

from __future__ import annotations

import math
from typing import Any

import keras

from transferleaf.backbones.keras_hub.convolutional import convolutional_network
from transferleaf.backbones.keras_hub.sequences import sequence_network
from transferleaf.backbones.keras_hub.transformers import (
    is_transformer,
    patch_size,
    transformer_network,
)
from transferleaf.backbones.spec import Stage
from transferleaf.errors import BackboneStructureError, ConfigError

_SMALLEST = 32

_SIZE_ARGUMENTS = ("image_shape", "input_shape")  # EfficientNet has the second


def tower_of(network: Any) -> Any:
    """Return the part of a KerasHub network that takes the photos.

    Raises:
        BackboneStructureError: It does not take only photos.
    """
    tower = getattr(network, "vision_encoder", None) or network
    shapes = [tuple(tensor.shape) for tensor in tower.inputs]
    if len(shapes) > 1 or len(shapes[0]) != 4 or shapes[0][3] != 3:
        kind = type(tower).__name__
        raise BackboneStructureError(tower.name, f"{kind} takes {shapes}, not photos alone")
    return tower


def own_image_size(tower: Any) -> int | None:
    """Return the height and width of a network, or ``None`` if it takes any size."""
    height: int | None = tower.inputs[0].shape[1]
    return height


def image_size_step(tower: Any) -> int:
    """Return the number of which the image size must be a multiple."""
    if is_transformer(tower):
        return patch_size(tower)
    if type(tower).__name__ == "SwinTransformerBackbone":
        return int(tower.patch_size) * 2 ** (len(tower.depths) - 1)
    if type(tower).__name__ == "MiTBackbone":
        return math.prod(tower.layerwise_strides)
    return 1


def network_of(tower: Any, image_size: int) -> tuple[keras.Model, tuple[Stage, ...]]:
    """Rebuild a network with its weights, for photos of the size ``image_size``.

    Returns:
        A functional model whose last output is a feature map, and its stages.

    Raises:
        BackboneStructureError: It cannot be divided.
        ConfigError: Its weights belong to another image size.
    """
    if is_transformer(tower):
        return transformer_network(tower, image_size)
    resized = _resized(tower, image_size)
    if type(tower).__name__ == "SwinTransformerBackbone":
        return sequence_network(resized)
    return convolutional_network(resized)


def _resized(tower: Any, image_size: int) -> Any:
    """Return the same network for photos of another size."""
    if own_image_size(tower) == image_size:
        return tower
    config = tower.get_config()
    for argument in _SIZE_ARGUMENTS:
        if argument in config:
            config[argument] = (image_size, image_size, 3)
    resized = type(tower).from_config(config)
    if [weight.shape for weight in resized.weights] != [weight.shape for weight in tower.weights]:
        own = own_image_size(tower)
        raise ConfigError("image_size", image_size, f"be {own}: the weights belong to that size")
    resized.set_weights(tower.get_weights())
    return resized


def last_map(model: keras.Model) -> Any:
    """Return the symbolic feature map at the end of the last stage."""
    return model.outputs[-1]


def smallest_image_size(tower: Any) -> int:
    """Return the minimum height and width of a network, in pixels."""
    step = image_size_step(tower)
    if type(tower).__name__ == "SwinTransformerBackbone":
        return step * int(tower.window_size)
    return 2 * step if step > 1 else _SMALLEST
