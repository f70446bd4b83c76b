"""A small network with all features of a backbone, and its specification."""

from __future__ import annotations

from typing import Any

import keras

from transferleaf.backbones import BackboneSpec, PixelConvention, Stage

TINY_STAGES = (
    Stage(name="low", last_layer="low_relu"),
    Stage(name="high", last_layer="high_add"),
)


def tiny_network(image_size: int = 8, weights: str | None = None) -> Any:
    """Two stages; the second one is a residual block."""
    layers = keras.layers
    pixels = keras.Input((image_size, image_size, 3), name="pixels")
    low = layers.Conv2D(4, 3, strides=2, padding="same", name="low_conv")(pixels)
    low = layers.BatchNormalization(name="low_bn")(low)
    low = layers.ReLU(name="low_relu")(low)
    high = layers.Conv2D(4, 3, padding="same", name="high_conv")(low)
    high = layers.Add(name="high_add")([low, high])
    return keras.Model(pixels, high, name="tiny")


def tiny_spec(**changes: Any) -> BackboneSpec:
    """A spec of ``tiny_network`` with some fields changed."""
    fields: dict[str, Any] = {
        "name": "tiny",
        "build": tiny_network,
        "stages": TINY_STAGES,
        "feature_width": 4,
        "pixels": PixelConvention(std=(255.0, 255.0, 255.0)),
        "image_size": 16,
        "min_image_size": 8,
        "source": "these tests",
    }
    return BackboneSpec(**{**fields, **changes})
