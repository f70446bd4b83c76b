"""What transferleaf knows of a backbone before it is built: a frozen value, no network yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from transferleaf.errors import ConfigError
from transferleaf.whole_numbers import whole_number

# Keras publishes no types; a module that only needs the word must not import it either.
KerasModel: TypeAlias = Any
Channels: TypeAlias = Literal["RGB", "BGR"]
Weights: TypeAlias = Literal["imagenet"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelConvention:
    """How a backbone wants its pixels: ``(pixel - mean) / std``, channel by channel.

    Attributes:
        mean: Subtracted from each channel, in units of [0, 255], in the order of ``channels``.
        std: Divides each channel afterwards, same units and order; each above 0.
        channels: The order the backbone was trained with; photos are always RGB.
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
    """A run of layers that ends where one tensor alone carries everything onwards.

    Attributes:
        name: What people call it, such as ``"conv4"``.
        last_layer: Name of the backbone layer whose output ends the stage.
        map_layer: Name of the layer that makes the stage's feature map from that output, where it
            is none itself, such as the tokens of a transformer. Nothing else takes this map.
    """

    name: str
    last_layer: str
    map_layer: str | None = None

    @property
    def feature_map(self) -> str:
        """Name of the layer whose output is the stage's feature map."""
        return self.last_layer if self.map_layer is None else self.map_layer


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneSpec:
    """A pretrained network without its classifier, described and not yet built.

    Attributes:
        name: The name it is registered under.
        build: ``build(image_size, weights)`` returns a functional ``keras.Model`` from
            ``(batch, image_size, image_size, 3)`` pixels in the backbone's own convention to a
            feature map, or to those of all stages. ``weights`` is ``"imagenet"`` or ``None``
            (random values); a builder that cannot have the pretrained values raises
            ``PretrainedWeightsError``.
        stages: From low-level to high-level features; the last one ends at the model's output.
        pixels: The backbone's pixel convention.
        image_size: Default height and width of the input, in pixels.
        min_image_size: Smallest height and width that works, in pixels.
        image_size_step: Height and width must be a multiple of it, such as the patches of a
            transformer.
        feature_width: Channels of the last stage.
        license: Licence of the pretrained weights, or of the architecture where there are none.
        source: Where architecture and weights come from, for people.
        pretrained: Which pretrained weights ``build`` can load, for people; ``None``: none.
        reference_pixels: The reference implementation of ``pixels``, from float32 RGB in [0, 255],
            shape ``(batch, height, width, 3)``, where one exists; ``check_backbone`` compares.
        published: Returns the spec that the pretrained weights bring with them, which then takes
            the place of this one; ``None`` where this one describes them.

    Raises:
        ConfigError: A field has a value that cannot work.
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
            raise ConfigError("stages", names, "give each stage a name of its own")
        if not 1 <= self.min_image_size <= self.image_size:
            raise ConfigError(
                "min_image_size", self.min_image_size, f"lie in [1, image_size={self.image_size}]"
            )

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Names of the stages, from low-level to high-level features."""
        return tuple(stage.name for stage in self.stages)

    def checked_image_size(self, image_size: int | None) -> int:
        """Return ``image_size``, or the default for ``None``.

        Raises:
            ConfigError: The backbone cannot work at that size.
        """
        if image_size is None:
            return self.image_size
        smallest, why = self.min_image_size, f" for {self.name!r}"
        size = whole_number("image_size", image_size, minimum=smallest, why=why)
        if size % self.image_size_step:
            must = f"be a multiple of {self.image_size_step}, the patches of {self.name!r}"
            raise ConfigError("image_size", image_size, must)
        return size
