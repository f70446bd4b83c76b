"""MobileNetV2 as a backbone of transferleaf. Keras is imported when the network is built."""

from __future__ import annotations

from typing import Any, Literal

from transferleaf import BackboneSpec, PixelConvention, Stage
from transferleaf.errors import PretrainedWeightsError

__all__ = ["MOBILENETV2"]

_SOURCE = "keras.applications.MobileNetV2"


def build(image_size: int, weights: Literal["imagenet"] | None) -> Any:
    """Build the network without its classifier.

    Args:
        image_size: Height and width of the input, in pixels.
        weights: ``"imagenet"``, which Keras downloads at first use; or ``None`` for random weights.

    Raises:
        PretrainedWeightsError: The pretrained weights are not available.
    """
    import keras

    # Keras would number an input without a name, so a second network would have other names.
    pixels = keras.Input((image_size, image_size, 3), name="pixels")
    try:
        return keras.applications.MobileNetV2(
            input_tensor=pixels, include_top=False, weights=weights
        )
    except Exception as error:  # no connection, disk full, wrong checksum, damaged file
        if weights is None:
            raise
        raise PretrainedWeightsError(MOBILENETV2.name, source=_SOURCE, reason=str(error)) from error


def reference_pixels(photos: Any) -> Any:
    """Apply the pixel convention with Keras. The contract compares it with ours."""
    import keras

    tensor = keras.ops.convert_to_tensor(photos)
    return keras.applications.mobilenet_v2.preprocess_input(tensor)


MOBILENETV2 = BackboneSpec(
    name="mobilenetv2",
    build=build,
    # Each stage ends with the last block of one resolution or width.
    stages=(
        Stage(name="stem", last_layer="expanded_conv_project_BN"),
        Stage(name="block2", last_layer="block_2_add"),
        Stage(name="block3", last_layer="block_5_add"),
        Stage(name="block4", last_layer="block_9_add"),
        Stage(name="block5", last_layer="block_12_add"),
        Stage(name="block6", last_layer="block_15_add"),
        Stage(name="top", last_layer="out_relu"),
    ),
    feature_width=1280,
    pixels=PixelConvention(mean=(127.5, 127.5, 127.5), std=(127.5, 127.5, 127.5)),
    min_image_size=32,  # the minimum of Keras
    license="Apache-2.0",
    source=_SOURCE,
    pretrained="ImageNet, as published by keras.applications",
    reference_pixels=reference_pixels,
)
