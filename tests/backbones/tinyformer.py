"""A small transformer of Keras layers, whose stages pass on tokens and output feature maps."""

from __future__ import annotations

from typing import Any

from transferleaf.backbones import BackboneSpec, Stage

_BLOCKS = ("block1", "block2", "block3")
_PATCH = 8
_WIDTH = 16


def _build(image_size: int, weights: str | None) -> Any:
    import keras

    layers = keras.layers
    side = image_size // _PATCH
    pixels = keras.Input((image_size, image_size, 3), name="pixels")
    patches = layers.Conv2D(_WIDTH, _PATCH, strides=_PATCH, name="patches")(pixels)
    tokens = layers.Reshape((side * side, _WIDTH), name="tokens")(patches)
    maps = []
    for name in _BLOCKS:
        normed = layers.LayerNormalization(name=f"{name}_norm")(tokens)
        seen = layers.MultiHeadAttention(2, 8, name=f"{name}_attention")(normed, normed)
        tokens = layers.Add(name=name)([tokens, seen])
        maps.append(layers.Reshape((side, side, _WIDTH), name=f"{name}_map")(tokens))
    return keras.Model(pixels, maps, name="tinyformer")


TINYFORMER = BackboneSpec(
    name="tinyformer",
    build=_build,
    stages=tuple(Stage(name=name, last_layer=name, map_layer=f"{name}_map") for name in _BLOCKS),
    feature_width=_WIDTH,
    image_size=32,
    min_image_size=16,
    image_size_step=_PATCH,
)
