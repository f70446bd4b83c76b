"""The layer that turns photos into what a backbone was trained on."""

from __future__ import annotations

from typing import Any

import keras
from typing_extensions import Self

from transferleaf.backbones.spec import PixelConvention


@keras.saving.register_keras_serializable(package="transferleaf")
class PixelNormalization(keras.layers.Layer):  # Keras has no types
    """Applies a pixel convention to RGB photos in [0, 255], ``(pixel - mean) / std``.

    Takes ``(batch, height, width, 3)`` of uint8 or any float and gives float32 of the same shape.
    It computes in float32 under a mixed-precision policy too; the network rounds when it takes
    the pixels, once, not at every step on the way.

    Args:
        convention: Mean, standard deviation and channel order of the backbone.
        name: The layer's name.
    """

    def __init__(self, convention: PixelConvention, *, name: str = "pixels") -> None:
        super().__init__(name=name, dtype="float32", trainable=False)
        self.convention = convention

    def call(self, photos: Any) -> Any:
        """Normalise ``photos``, RGB in [0, 255]."""
        pixels = keras.ops.cast(photos, "float32")
        if self.convention.channels == "BGR":
            pixels = keras.ops.flip(pixels, axis=-1)
        mean = keras.ops.convert_to_tensor(self.convention.mean, "float32")
        std = keras.ops.convert_to_tensor(self.convention.std, "float32")
        return (pixels - mean) / std

    def get_config(self) -> dict[str, Any]:
        """Return plain values: a file must not need code of its own to be read."""
        return {
            "name": self.name,
            "mean": list(self.convention.mean),
            "std": list(self.convention.std),
            "channels": self.convention.channels,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Rebuild the layer from ``get_config``'s answer."""
        convention = PixelConvention(
            mean=tuple(config["mean"]), std=tuple(config["std"]), channels=config["channels"]
        )
        return cls(convention, name=config["name"])
