"""What a policy needs to know of a backbone: its layers and stages as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerInfo:
    """One backbone layer that holds weights.

    Attributes:
        name: Its path inside the backbone, such as ``"conv5_block1_1_conv"``.
        stage: Position of its stage; 0 is nearest the pixels.
        parameters: Number of values that training can change.
        batch_norm: Whether it is a batch normalisation, whose statistics are a matter of policy.
        multiply_adds: Work of one forward pass for one photo, in multiply-adds.
    """

    name: str
    stage: int
    parameters: int
    batch_norm: bool = False
    multiply_adds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneLayers:
    """The weight-holding layers of one backbone, in network order.

    Attributes:
        name: The backbone's name.
        stages: Names of the stages, from low-level to high-level features.
        widths: Channels of the feature map that ends each stage.
        strides: Pixels of the photo's side for each place of that map's.
        layers: The layers, each with the position of its stage.
    """

    name: str
    stages: tuple[str, ...]
    widths: tuple[int, ...]
    strides: tuple[int, ...]
    layers: tuple[LayerInfo, ...]

    def of_stages(self, positions: Sequence[int]) -> tuple[LayerInfo, ...]:
        """The layers of the stages at ``positions``, in network order."""
        wanted = set(positions)
        return tuple(layer for layer in self.layers if layer.stage in wanted)

    @property
    def parameters(self) -> int:
        """Number of trainable values in the whole backbone."""
        return sum(layer.parameters for layer in self.layers)
