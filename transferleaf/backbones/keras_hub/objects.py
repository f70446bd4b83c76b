"""KerasHub networks that a user created or loaded, as backbones."""

from __future__ import annotations

from typing import Any

from transferleaf.backbones.backbone import Backbone
from transferleaf.backbones.keras_hub.networks import (
    image_size_step,
    network_of,
    own_image_size,
    smallest_image_size,
    tower_of,
)
from transferleaf.backbones.keras_hub.presets import convention_of, warn_of_pixels
from transferleaf.backbones.keras_hub.spelling import is_of_keras_hub
from transferleaf.backbones.spec import PixelConvention
from transferleaf.errors import ConfigError
from transferleaf.whole_numbers import whole_number

__all__ = ["backbone_of_object", "is_of_keras_hub"]


def backbone_of_object(network: Any, *, image_size: int | None = None) -> Backbone:
    """Divide a KerasHub network into stages. The weights are copied.

    Args:
        network: A ``Backbone`` of ``keras_hub.models``, or a task such as an ``ImageClassifier``,
            whose preprocessor defines the pixel convention.
        image_size: Height and width of the input, in pixels. Default: that of the network.

    Raises:
        BackboneStructureError: It is not a network for photos that can be divided into stages.
        ConfigError: It takes any image size, and no size is given, or the size does not fit.
    """
    tower = tower_of(getattr(network, "backbone", network))
    converter = getattr(getattr(network, "preprocessor", None), "image_converter", None)
    if converter is None:
        warn_of_pixels(tower.name)
        pixels, converted_size = PixelConvention(), None
    else:
        pixels, converted_size = convention_of(converter)
    size = own_image_size(tower) or converted_size
    smallest = smallest_image_size(tower)
    if image_size is not None:
        smallest = min(smallest, size or smallest)
        size = whole_number("image_size", image_size, minimum=smallest)
    if size is None:
        must = f"be given: {tower.name!r} takes photos of any size"
        raise ConfigError("image_size", image_size, must)
    if size % (step := image_size_step(tower)):
        raise ConfigError("image_size", size, f"be a multiple of {step}, the size of a patch")
    model, stages = network_of(tower, size)
    return Backbone.from_model(model, stages, name=tower.name, pixels=pixels)
