"""A small CNN trained from scratch, as a baseline for transfer learning."""

from __future__ import annotations

from typing import Any

from transferleaf.backbones.spec import BackboneSpec, KerasModel, PixelConvention, Stage, Weights

_FILTERS = (32, 64, 128)
_DENSE_WIDTH = 512


def _build(image_size: int, weights: Weights) -> KerasModel:
    """Build three blocks of convolution and pooling, then a dense layer over the last map."""
    import keras

    layers = keras.layers
    pixels = keras.Input((image_size, image_size, 3), name="pixels")
    features = pixels
    for position, filters in enumerate(_FILTERS, start=1):
        name = f"conv{position}"
        features = layers.Conv2D(filters, 3, activation="relu", name=name)(features)
        features = layers.MaxPooling2D(2, name=f"{name}_pool")(features)
    # A kernel that covers the whole map is equivalent to Flatten and Dense(512), but gives a (1, 1,
    # 512) map that can end a stage.
    whole_map = features.shape[1:3]
    dense = layers.Conv2D(_DENSE_WIDTH, whole_map, activation="relu", name="dense")(features)
    return keras.Model(pixels, dense, name="baseline_cnn")


def _reference_pixels(photos: Any) -> Any:
    import keras

    return keras.layers.Rescaling(1 / 255)(photos)


BASELINE_CNN = BackboneSpec(
    name="baseline_cnn",
    build=_build,
    stages=(
        Stage(name="conv1", last_layer="conv1_pool"),
        Stage(name="conv2", last_layer="conv2_pool"),
        Stage(name="conv3", last_layer="conv3_pool"),
        Stage(name="dense", last_layer="dense"),
    ),
    feature_width=_DENSE_WIDTH,
    pixels=PixelConvention(std=(255.0, 255.0, 255.0)),
    image_size=150,
    license="Apache-2.0",
    source="transferleaf; the usual first CNN of image tutorials",
    pretrained=None,
    reference_pixels=_reference_pixels,
)
