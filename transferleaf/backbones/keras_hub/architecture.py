"""A network of KerasHub from explicit arguments, so that an untrained one needs nothing else."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from transferleaf.backbones.keras_hub.installed import import_keras_hub
from transferleaf.backbones.keras_hub.presets import PREFIX, Preset, preset_spec
from transferleaf.backbones.spec import BackboneSpec, KerasModel, PixelConvention, Stage, Weights


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A network, and what is known of the preset that has its trained values.

    Attributes:
        kind: Its class in ``keras_hub.models``.
        arguments: All that makes it this network, without the image size.
        stages: Its stages.
        feature_width: Channels of the last one.
        pixels: The preset's pixel convention.
        image_size: The preset's height and width, in pixels.
        min_image_size: Smallest height and width that works.
        image_size_step: What height and width are multiples of.
        license: Licence of the preset's values.
    """

    kind: str
    arguments: Mapping[str, Any]
    stages: tuple[Stage, ...]
    feature_width: int
    pixels: PixelConvention
    image_size: int = 224
    min_image_size: int = 32
    image_size_step: int = 1
    license: str

    def spec(self, preset: str, *, published: bool = True) -> BackboneSpec:
        """Describe it under the name of a preset, whose values it takes if they are published."""

        def build(image_size: int, weights: Weights) -> KerasModel:
            if weights is not None:
                return Preset(preset).build(image_size, weights)
            return self.untrained(f"{PREFIX}{preset}", image_size)

        return BackboneSpec(
            name=f"{PREFIX}{preset}",
            build=build,
            stages=self.stages,
            feature_width=self.feature_width,
            pixels=self.pixels,
            image_size=self.image_size,
            min_image_size=self.min_image_size,
            image_size_step=self.image_size_step,
            license=self.license,
            source=f"KerasHub's preset {preset!r}, {self.kind}",
            pretrained="published by KerasHub" if published else None,
            published=(lambda: replace(preset_spec(preset), license=self.license))
            if published
            else None,
        )

    def untrained(self, name: str, image_size: int) -> KerasModel:
        """Build it with random values."""
        keras_hub = import_keras_hub(f"The backbone {name!r}")
        from transferleaf.backbones.keras_hub.networks import network_of

        size = "input_shape" if self.kind == "EfficientNetBackbone" else "image_shape"
        shape = {size: (image_size, image_size, 3)}
        with warnings.catch_warnings():
            # Swin hands its windows on with a mask, which its attention layers do not use.
            unused = r"Layer '.*' \(of type WindowAttention\) was passed an input with a mask"
            warnings.filterwarnings("ignore", message=unused)
            tower = getattr(keras_hub.models, self.kind)(**self.arguments, **shape)
            model, _ = network_of(tower, image_size)
        return model
