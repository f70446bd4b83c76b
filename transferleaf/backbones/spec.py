"""The specification of a backbone: an immutable value, without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from transferleaf.errors import ConfigError
from transferleaf.whole_numbers import whole_number

# Keras has no types, and this module must not import it.
KerasModel: TypeAlias = Any
Channels: TypeAlias = Literal["RGB", "BGR"]
Weights: TypeAlias = Literal["imagenet"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelConvention:
    """The pixel normalisation of a backbone: ``(pixel - mean) / std`` for each channel.

    Attributes:
        mean: Subtracted from each channel, for pixels in [0, 255], in the order of ``channels``.
        std: Divides each channel afterwards, in the same order; above 0.
        channels: ``"RGB"`` or ``"BGR"``, as in the pretraining. Photos are always RGB.
    """

    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    channels: Channels = "RGB"

    def __post_init__(self) -> None:
        if len(self.mean) != 3:
            raise ConfigError("mean", self.mean, "have three values, one for each channel")
        if len(self.std) != 3 or min(self.std) <= 0:
            raise ConfigError("std", self.std, "have three values above 0, one for each channel")
        if self.channels not in ("RGB", "BGR"):
            raise ConfigError("channels", self.channels, 'be "RGB" or "BGR"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of a backbone that ends at a layer whose output alone determines all later outputs.

    Attributes:
        name: Name of the stage, such as ``"conv4"``.
        last_layer: Name of the layer at which the stage ends.
        map_layer: Name of the layer that turns the output of ``last_layer`` into the feature map of
            the stage, if it is not one itself, such as the tokens of a transformer. No other layer
            uses this map.
        token_layer: Name of the layer that takes the class and register tokens from the output of
            ``last_layer``, shape ``(batch, tokens, channels)``, if the head uses them. No other
            layer uses its output.
    """

    name: str
    last_layer: str
    map_layer: str | None = None
    token_layer: str | None = None

    @property
    def feature_map(self) -> str:
        """Name of the layer whose output is the stage's feature map."""
        return self.last_layer if self.map_layer is None else self.map_layer


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneSpec:
    """The specification of a pretrained network without its classifier.

    Attributes:
        name: Its name.
        build: ``build(image_size, weights)`` returns a functional ``keras.Model`` from pixels of
            shape ``(batch, image_size, image_size, 3)``, in the convention of the backbone, to a
            feature map, or to those of all stages. ``weights`` is ``"imagenet"`` or ``None`` for
            random weights. If the pretrained weights are not available, it raises
            ``PretrainedWeightsError``.
        stages: The stages from the first to the last, which ends at the output of the model.
        pixels: The pixel convention.
        image_size: Default height and width of the input, in pixels.
        min_image_size: Minimum height and width, in pixels.
        image_size_step: Height and width must be a multiple of it, such as the patch size of a
            transformer.
        feature_width: Channels of the last stage.
        license: License of the pretrained weights, or of the architecture if there are none.
        source: Source of the architecture and the weights, as text.
        pretrained: Description of the pretrained weights; ``None`` if there are none.
        reference_pixels: The reference implementation of ``pixels``, for float32 RGB in [0, 255] of
            shape ``(batch, height, width, 3)``, if there is one. ``check_backbone`` compares the
            two.
        published: Returns the specification that belongs to the pretrained weights, which replaces
            this one; ``None`` if this one does.

    Raises:
        ConfigError: A field has an invalid value.
    """

    name: str
    build: Callable[[int, Weights], KerasModel]
    stages: tuple[Stage, ...]
    feature_width: int
    pixels: PixelConvention = PixelConvention()
    image_size: int = 224
    min_image_size: int = 32
    image_size_step: int = 1
    license: str = "unknown"
    source: str = "unknown"
    pretrained: str | None = None
    reference_pixels: Callable[[Any], Any] | None = None
    published: Callable[[], BackboneSpec] | None = None

    def __post_init__(self) -> None:
        if not self.name or self.name != self.name.strip():
            raise ConfigError("name", self.name, "be a name without blanks around it")
        if not self.stages:
            raise ConfigError("stages", self.stages, "name at least one stage")
        names = self.stage_names
        if len(set(names)) < len(names):
            raise ConfigError("stages", names, "give each stage a different name")
        if not 1 <= self.min_image_size <= self.image_size:
            raise ConfigError(
                "min_image_size", self.min_image_size, f"be in [1, image_size={self.image_size}]"
            )

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Names of the stages, from the first to the last."""
        return tuple(stage.name for stage in self.stages)

    def checked_image_size(self, image_size: int | None) -> int:
        """Return ``image_size``, or the default for ``None``.

        Raises:
            ConfigError: The backbone does not support this size.
        """
        if image_size is None:
            return self.image_size
        smallest, why = self.min_image_size, f" for {self.name!r}"
        size = whole_number("image_size", image_size, minimum=smallest, why=why)
        if size % self.image_size_step:
            must = f"be a multiple of {self.image_size_step}, the patch size of {self.name!r}"
            raise ConfigError("image_size", image_size, must)
        return size
