"""The layers and stages of a backbone as plain values, for policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerInfo:
    """A backbone layer with weights.

    Attributes:
        name: Its path in the backbone, such as ``"conv5_block1_1_conv"``.
        stage: Index of its stage; 0 is the first.
        parameters: Number of trainable parameters.
        batch_norm: Whether it is a batch normalisation.
        multiply_adds: Multiply-adds of a forward pass for one photo.
    """

    name: str
    stage: int
    parameters: int
    batch_norm: bool = False
    multiply_adds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneLayers:
    """The layers of a backbone that have weights, in network order.

    Attributes:
        name: Name of the backbone.
        stages: Names of the stages, from the first to the last.
        widths: Channels of the output of each stage.
        strides: Stride of the output of each stage relative to the photo, in pixels.
        tokens: Number of class and register tokens of each stage that the head can see. Empty: none
            has any.
        image_size: Height and width of the photos, in pixels.
        resizable: Whether the network can train on photos of other sizes with the same weights.
        layers: The layers.
    """

    name: str
    stages: tuple[str, ...]
    widths: tuple[int, ...]
    strides: tuple[int, ...]
    layers: tuple[LayerInfo, ...]
    tokens: tuple[int, ...] = ()
    image_size: int = 224
    resizable: bool = False

    def of_stages(self, positions: Sequence[int]) -> tuple[LayerInfo, ...]:
        """Return the layers of the stages at ``positions``, in network order."""
        wanted = set(positions)
        return tuple(layer for layer in self.layers if layer.stage in wanted)

    @property
    def parameters(self) -> int:
        """Number of trainable parameters of the backbone."""
        return sum(layer.parameters for layer in self.layers)
