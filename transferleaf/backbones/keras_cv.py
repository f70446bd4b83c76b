"""The backbones of keras-cv. Only this module uses keras-cv, which is imported when one is built.

The development of keras-cv has ended. Its named backbones download even their configuration, so
each network is built here from explicit arguments, and works offline without pretrained weights.
Not included: CSPDarkNet, which contains lambdas; MiT, which does not build with Keras 3; VGG16,
which has no presets; deeper and wider versions of the networks here; detection and video networks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from transferleaf.backbones.names import number_anew
from transferleaf.backbones.spec import BackboneSpec, KerasModel, PixelConvention, Stage, Weights
from transferleaf.errors import PretrainedWeightsError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """A network of ``keras_cv.models``.

    Attributes:
        preset: Its name in keras-cv.
        architecture: Its class in ``keras_cv.models``.
        arguments: The arguments of its constructor, without pixels and sizes.
        published: The preset with ImageNet weights, or ``None`` if there are none.
    """

    preset: str
    architecture: str
    arguments: Mapping[str, object]
    published: str | None = None

    @property
    def name(self) -> str:
        return f"keras_cv:{self.preset}"

    def build(self, image_size: int, weights: Weights) -> KerasModel:
        import keras
        import keras_cv

        architecture = getattr(keras_cv.models, self.architecture)
        # With (None, None, 3), the padding is wrong for some sizes.
        given = {"input_shape": (image_size, image_size, 3), "include_rescaling": False}
        if weights is None:
            network = architecture(**given, **self.arguments)
        else:
            network = self._pretrained(architecture, given)
        # A plain model, so that a file contains its layers and not the arguments of the
        # constructor.
        model = number_anew(keras.Model(network.inputs[0], network.outputs[0], name=self.preset))
        return _in_keras_layers(model)

    def _pretrained(self, architecture: Any, given: Mapping[str, object]) -> KerasModel:
        try:
            return architecture.from_preset(self.published, **given)
        except Exception as error:  # no connection, no host, disk full, damaged file
            source = f"keras-cv's preset {self.published!r}"
            raise PretrainedWeightsError(self.name, source=source, reason=str(error)) from error


def _in_keras_layers(model: KerasModel) -> KerasModel:
    """Replace keras-cv's own layers by Keras layers.

    Some of keras-cv's layers cannot be loaded from a file, some warn when they are loaded, and some
    create layers in each call, which then use the dtype policy of the current process.
    """
    import keras

    own = {layer.name for layer in model.layers if _is_keras_cvs(layer)}
    if not own:
        return model
    copy = keras.models.clone_model(
        model,
        input_tensors=keras.Input(model.input_shape[1:], name="input_layer"),
        clone_function=_spelled_out,
    )
    for layer in model.layers:
        if layer.name not in own:
            copy.get_layer(layer.name).set_weights(layer.get_weights())
    return copy


def _spelled_out(layer: Any) -> Any:
    """Return a copy of a Keras layer, or for a keras-cv layer a model of the Keras layers in it."""
    import keras

    if not _is_keras_cvs(layer):
        return type(layer).from_config(layer.get_config())
    if hasattr(layer, "excite_conv") and _is_keras_cvs(layer.excite_conv.activation):
        layer.excite_conv.activation = keras.activations.hard_sigmoid  # the same formula
    features = keras.Input(layer.get_build_config()["input_shape"][1:])
    return number_anew(keras.Model(features, layer.call(features), name=layer.name))


def _is_keras_cvs(thing: object) -> bool:
    return type(thing).__module__.startswith("keras_cv.")


def _rescaled(photos: Any) -> Any:
    """Apply the rescaling of ``include_rescaling=True`` in keras-cv."""
    import keras

    return keras.layers.Rescaling(1 / 255)(photos)


def _spec(network: _Network, stages: Mapping[str, str], *, feature_width: int) -> BackboneSpec:
    return BackboneSpec(
        name=network.name,
        build=network.build,
        stages=tuple(Stage(name=name, last_layer=last) for name, last in stages.items()),
        feature_width=feature_width,
        pixels=PixelConvention(std=(255.0, 255.0, 255.0)),
        license="Apache-2.0",
        source=f"keras_cv.models.{network.architecture}",
        pretrained=None if network.published is None else f"keras-cv's {network.published}",
        reference_pixels=_rescaled,
    )


def _resnet(
    preset: str, blocks: Sequence[int], *, block_type: str, published: str | None = None
) -> BackboneSpec:
    """Return a residual network with the given numbers of blocks in conv2 ... conv5."""
    second = preset.endswith("_v2")
    network = _Network(
        preset=preset,
        architecture="ResNetV2Backbone" if second else "ResNetBackbone",
        arguments={
            "stackwise_filters": [64, 128, 256, 512],
            "stackwise_blocks": list(blocks),
            "stackwise_strides": [1, 2, 2, 2],
            "block_type": block_type,
        },
        published=published,
    )
    stages = {"stem": "pool1_pool"}
    for stack, count in enumerate(blocks):
        stages[f"conv{stack + 2}"] = f"v2_stack_{stack}_block{count}_out"
    if second:  # its only final normalisation is at the end of the network
        stages["conv5"] = "post_relu"
    return _spec(network, stages, feature_width=512 if block_type == "basic_block" else 2048)


RESNET18 = _resnet("resnet18", (2, 2, 2, 2), block_type="basic_block")
RESNET34 = _resnet("resnet34", (3, 4, 6, 3), block_type="basic_block")
RESNET50 = _resnet("resnet50", (3, 4, 6, 3), block_type="block", published="resnet50_imagenet")
RESNET18_V2 = _resnet("resnet18_v2", (2, 2, 2, 2), block_type="basic_block")
RESNET34_V2 = _resnet("resnet34_v2", (3, 4, 6, 3), block_type="basic_block")
RESNET50_V2 = _resnet(
    "resnet50_v2", (3, 4, 6, 3), block_type="block", published="resnet50_v2_imagenet"
)


def _densenet(preset: str, repeats: Sequence[int], *, feature_width: int) -> BackboneSpec:
    network = _Network(
        preset=preset,
        architecture="DenseNetBackbone",
        arguments={"stackwise_num_repeats": list(repeats)},
        published=f"{preset}_imagenet",
    )
    stages = {"stem": "pool1"}
    for stack, count in enumerate(repeats[:-1], start=2):
        stages[f"conv{stack}"] = f"conv{stack}_block_{count - 1}_concat"
    stages[f"conv{len(repeats) + 1}"] = "relu"
    return _spec(network, stages, feature_width=feature_width)


DENSENET121 = _densenet("densenet121", (6, 12, 24, 16), feature_width=1024)


# One entry per stage, as in the table of the EfficientNet paper.
_EFFICIENTNET = {
    "stackwise_kernel_sizes": [3, 3, 5, 3, 5, 5, 3],
    "stackwise_num_repeats": [1, 2, 2, 3, 3, 4, 1],
    "stackwise_input_filters": [32, 16, 24, 40, 80, 112, 192],
    "stackwise_output_filters": [16, 24, 40, 80, 112, 192, 320],
    "stackwise_expansion_ratios": [1, 6, 6, 6, 6, 6, 6],
    "stackwise_strides": [1, 2, 2, 2, 1, 2, 1],
    "width_coefficient": 1.0,
    "depth_coefficient": 1.0,
}
_EFFICIENTNET_BLOCKS = {
    "block2": "block2b_add",
    "block3": "block3b_add",
    "block4": "block4c_add",
    "block5": "block5c_add",
    "block6": "block6d_add",
}

EFFICIENTNETLITE_B0 = _spec(
    _Network(
        preset="efficientnetlite_b0",
        architecture="EfficientNetLiteBackbone",
        arguments=_EFFICIENTNET,
    ),
    {
        "stem": "stem_activation",
        "block1": "block1a_project_bn",
        **_EFFICIENTNET_BLOCKS,
        "block7": "block7a_project_bn",
        "top": "top_activation",
    },
    feature_width=1280,
)

EFFICIENTNETV1_B0 = _spec(
    _Network(
        preset="efficientnetv1_b0",
        architecture="EfficientNetV1Backbone",
        arguments={**_EFFICIENTNET, "stackwise_squeeze_and_excite_ratios": [0.25] * 7},
    ),
    {
        "stem": "stem_activation",
        "block1": "block1a_project_activation",
        **_EFFICIENTNET_BLOCKS,
        "block7": "block7a_project_activation",
        "top": "top_activation",
    },
    feature_width=1280,
)

EFFICIENTNETV2_B0 = _spec(
    _Network(
        preset="efficientnetv2_b0",
        architecture="EfficientNetV2Backbone",
        arguments={
            "stackwise_kernel_sizes": [3, 3, 3, 3, 3, 3],
            "stackwise_num_repeats": [1, 2, 2, 3, 5, 8],
            "stackwise_input_filters": [32, 16, 32, 48, 96, 112],
            "stackwise_output_filters": [16, 32, 48, 96, 112, 192],
            "stackwise_expansion_ratios": [1, 4, 4, 4, 6, 6],
            "stackwise_squeeze_and_excite_ratios": [0.0, 0.0, 0.0, 0.25, 0.25, 0.25],
            "stackwise_strides": [1, 2, 2, 2, 1, 2],
            "stackwise_conv_types": ["fused"] * 3 + ["unfused"] * 3,
            "width_coefficient": 1.0,
            "depth_coefficient": 1.0,
        },
        published="efficientnetv2_b0_imagenet",
    ),
    {
        "stem": "stem_activation",
        "block1": "block1a_",
        "block2": "block2b_",
        "block3": "block3b_",
        "block4": "block4c_",
        "block5": "block5e_",
        "block6": "block6h_",
        "top": "top_activation",
    },
    feature_width=1280,
)


MOBILENET_V3_SMALL = _spec(
    _Network(
        preset="mobilenet_v3_small",
        architecture="MobileNetV3Backbone",
        arguments={
            "stackwise_expansion": [1, 72 / 16, 88 / 24, 4, 6, 6, 3, 3, 6, 6, 6],
            "stackwise_filters": [16, 24, 24, 40, 40, 40, 48, 48, 96, 96, 96],
            "stackwise_kernel_size": [3] * 3 + [5] * 8,
            "stackwise_stride": [2, 2, 1, 2, 1, 1, 1, 1, 2, 1, 1],
            "stackwise_se_ratio": [0.25, None, None] + [0.25] * 8,
            "stackwise_activation": ["relu"] * 3 + ["hard_swish"] * 8,
        },
        published="mobilenet_v3_small_imagenet",
    ),
    {
        "stem": "multiply_1",
        "block1": "expanded_conv_project_BatchNorm",
        "block2": "expanded_conv_2_Add",
        "block3": "expanded_conv_5_Add",
        "block4": "expanded_conv_7_Add",
        "block5": "expanded_conv_10_Add",
        "top": "multiply_35",
    },
    feature_width=576,
)

MOBILENET_V3_LARGE = _spec(
    _Network(
        preset="mobilenet_v3_large",
        architecture="MobileNetV3Backbone",
        arguments={
            "stackwise_expansion": [1, 4, 3, 3, 3, 3, 6, 2.5, 2.3, 2.3, 6, 6, 6, 6, 6],
            "stackwise_filters": [16, 24, 24, 40, 40, 40, 80, 80, 80, 80, 112, 112, 160, 160, 160],
            "stackwise_kernel_size": [3] * 3 + [5] * 3 + [3] * 6 + [5] * 3,
            "stackwise_stride": [1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1],
            "stackwise_se_ratio": [None] * 3 + [0.25] * 3 + [None] * 4 + [0.25] * 5,
            "stackwise_activation": ["relu"] * 6 + ["hard_swish"] * 9,
        },
        published="mobilenet_v3_large_imagenet",
    ),
    {
        "stem": "multiply_1",
        "block1": "expanded_conv_Add",
        "block2": "expanded_conv_2_Add",
        "block3": "expanded_conv_5_Add",
        "block4": "expanded_conv_9_Add",
        "block5": "expanded_conv_11_Add",
        "block6": "expanded_conv_14_Add",
        "top": "multiply_39",
    },
    feature_width=960,
)
