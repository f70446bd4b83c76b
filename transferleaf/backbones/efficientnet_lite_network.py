"""The network of EfficientNet-Lite: a table of stages, scaled for each member of the family."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from transferleaf.backbones.spec import KerasModel

# All members have the same stem and top, because scaling them is expensive and helps little.
STEM_WIDTH = 32
TOP_WIDTH = 1280

_WIDTH_STEP = 8  # scaled widths are multiples of this number


@dataclass(frozen=True, slots=True)
class _StagePlan:
    """A row of the table of stages, before scaling."""

    kernel: int
    repeats: int
    width: int
    expansion: int
    stride: int  # of the first block


_STAGES = (
    _StagePlan(3, 1, 16, 1, 1),
    _StagePlan(3, 2, 24, 6, 2),
    _StagePlan(5, 2, 40, 6, 2),
    _StagePlan(3, 3, 80, 6, 2),
    _StagePlan(5, 3, 112, 6, 1),
    _StagePlan(5, 4, 192, 6, 2),
    _StagePlan(3, 1, 320, 6, 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Width and depth factors, relative to the table.

    Attributes:
        width: Factor of the channels of each stage, which are rounded to multiples of 8.
        depth: Factor of the blocks of each stage except the first and the last, rounded up.
    """

    width: float
    depth: float

    def scaled_width(self, width: int) -> int:
        """Return the scaled width: the nearest multiple of 8, with halves rounded up.

        >>> Scaling(width=1.1, depth=1.2).scaled_width(40)
        48
        """
        # The published rule also limits a decrease to 10 %, which does not occur here.
        return int(width * self.width + _WIDTH_STEP / 2) // _WIDTH_STEP * _WIDTH_STEP

    def scaled_repeats(self, repeats: int) -> int:
        """Return the scaled number of blocks, rounded up.

        >>> Scaling(width=1.1, depth=1.2).scaled_repeats(4)
        5
        """
        return math.ceil(repeats * self.depth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """An inverted bottleneck: expansion, depthwise convolution, projection, skip connection."""

    name: str
    kernel: int
    stride: int
    width_in: int
    width_out: int
    expansion: int

    @property
    def skips(self) -> bool:
        """Return whether the input is added to the output."""
        return self.stride == 1 and self.width_in == self.width_out

    @property
    def last_layer(self) -> str:
        """The name of the last layer of the block."""
        return f"{self.name}_add" if self.skips else f"{self.name}_project_bn"


def stage_blocks(scaling: Scaling) -> list[list[Block]]:
    """Return the blocks of each stage. They are named ``block2a``, ``block2b`` and so on."""
    stages: list[list[Block]] = []
    width_in = STEM_WIDTH
    for number, plan in enumerate(_STAGES, start=1):
        width = scaling.scaled_width(plan.width)
        at_an_end = number in (1, len(_STAGES))
        repeats = plan.repeats if at_an_end else scaling.scaled_repeats(plan.repeats)
        blocks = []
        for letter in "abcdefgh"[:repeats]:
            blocks.append(
                Block(
                    name=f"block{number}{letter}",
                    kernel=plan.kernel,
                    stride=plan.stride if letter == "a" else 1,
                    width_in=width_in,
                    width_out=width,
                    expansion=plan.expansion,
                )
            )
            width_in = width
        stages.append(blocks)
    return stages


def build_network(name: str, scaling: Scaling, image_size: int) -> KerasModel:
    """Build a member with random weights, without its classifier.

    Args:
        name: Name of the model.
        scaling: Width and depth factors of the member.
        image_size: Height and width of its input, in pixels.

    Returns:
        A functional model from ``(batch, image_size, image_size, 3)`` to a feature map with 1280
        channels. The size is halved five times and rounded up.
    """
    import keras

    pixels = keras.Input((image_size, image_size, 3), name="pixels")
    features = _convolution(pixels, STEM_WIDTH, 3, stride=2, name="stem")
    for block in (block for blocks in stage_blocks(scaling) for block in blocks):
        features = _apply_block(features, block)
    features = _convolution(features, TOP_WIDTH, 1, stride=1, name="top")
    return keras.Model(pixels, features, name=name)


def _apply_block(features: Any, block: Block) -> Any:
    import keras

    layers = keras.layers
    name = block.name
    inside = features
    if block.expansion > 1:
        width = block.width_in * block.expansion
        inside = _convolution(inside, width, 1, stride=1, name=f"{name}_expand")
    inside = layers.DepthwiseConv2D(
        block.kernel, block.stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )(inside)
    inside = _normalisation(f"{name}_depthwise")(inside)
    inside = layers.ReLU(6.0, name=f"{name}_depthwise_activation")(inside)
    inside = layers.Conv2D(block.width_out, 1, use_bias=False, name=f"{name}_project_conv")(inside)
    inside = _normalisation(f"{name}_project")(inside)
    return layers.Add(name=f"{name}_add")([features, inside]) if block.skips else inside


def _convolution(features: Any, width: int, kernel: int, *, stride: int, name: str) -> Any:
    """Apply convolution, batch norm and ReLU6."""
    import keras

    layers = keras.layers
    features = layers.Conv2D(
        width, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(features)
    return layers.ReLU(6.0, name=f"{name}_activation")(_normalisation(name)(features))


def _normalisation(name: str) -> Any:
    import keras

    # The values of the reference. Keras has the same default momentum, which torch would call 0.01.
    return keras.layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=f"{name}_bn")
