"""The layer that normalises photos for a backbone."""

from __future__ import annotations

from typing import Any

import keras
from typing_extensions import Self

from transferleaf.backbones.spec import PixelConvention


@keras.saving.register_keras_serializable(package="transferleaf")
class PixelNormalization(keras.layers.Layer):  # Keras has no types
    """Normalises RGB photos in [0, 255]: ``(pixel - mean) / std``.

    The input has shape ``(batch, height, width, 3)`` and type uint8 or any float; the output is
    float32 of the same shape, also with a mixed-precision policy.

    Args:
        convention: Mean, standard deviation and channel order.
        name: Name of the layer.
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
        """Return the arguments for ``from_config``."""
        return {
            "name": self.name,
            "mean": list(self.convention.mean),
            "std": list(self.convention.std),
            "channels": self.convention.channels,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Create a layer from the result of ``get_config``."""
        convention = PixelConvention(
            mean=tuple(config["mean"]), std=tuple(config["std"]), channels=config["channels"]
        )
        return cls(convention, name=config["name"])
