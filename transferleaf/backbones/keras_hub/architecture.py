"""Construction of a KerasHub network from explicit arguments, without downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from transferleaf.backbones.keras_hub.installed import import_keras_hub, unused_masks
from transferleaf.backbones.keras_hub.presets import PREFIX, Preset, preset_spec
from transferleaf.backbones.spec import BackboneSpec, KerasModel, PixelConvention, Stage, Weights


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A network, and the facts about its preset.

    Attributes:
        kind: Its class in ``keras_hub.models``.
        arguments: The arguments of the constructor, without the image size.
        stages: Its stages.
        feature_width: Channels of the last stage.
        pixels: The pixel convention of the preset.
        image_size: Height and width of the preset, in pixels.
        min_image_size: Minimum height and width, in pixels.
        image_size_step: Height and width must be a multiple of it.
        license: License of the weights of the preset.
        origin: The model that the preset was converted from, or ``None``.
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
    origin: str | None = None

    def spec(self, preset: str, *, published: bool = True) -> BackboneSpec:
        """Return the specification of a preset, with its weights if ``published``."""

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
            source=f"KerasHub's preset {preset!r}, {self.kind}{self._converted}",
            pretrained="published by KerasHub" if published else None,
            published=(lambda: self._published(preset)) if published else None,
        )

    def _published(self, preset: str) -> BackboneSpec:
        """Return the specification in the files of a preset, which do not have these two facts."""
        found = preset_spec(preset)
        return replace(found, license=self.license, source=f"{found.source}{self._converted}")

    @property
    def _converted(self) -> str:
        return "" if self.origin is None else f", converted from {self.origin}"

    def untrained(self, name: str, image_size: int) -> KerasModel:
        """Build the network with random weights."""
        from transferleaf.backbones.keras_hub.networks import network_of

        model, _ = network_of(self.tower(name, image_size), image_size)
        return model

    def tower(self, name: str, image_size: int) -> Any:
        """Build the network of KerasHub with random weights."""
        keras_hub = import_keras_hub(f"The backbone {name!r}")
        size = "input_shape" if self.kind == "EfficientNetBackbone" else "image_shape"
        shape = {size: (image_size, image_size, 3)}
        with unused_masks():
            return getattr(keras_hub.models, self.kind)(**self.arguments, **shape)
