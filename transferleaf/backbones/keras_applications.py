"""The backbones of ``keras.applications``, as a table. Keras is imported when one is built."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from transferleaf.backbones.names import number_anew
from transferleaf.backbones.spec import BackboneSpec, KerasModel, PixelConvention, Stage, Weights
from transferleaf.backbones.weights.downloads import impatient_sockets
from transferleaf.errors import PretrainedWeightsError

# The modes "caffe", "torch" and "tf" of preprocess_input in Keras.
_CAFFE = PixelConvention(mean=(103.939, 116.779, 123.68), channels="BGR")
_TORCH = PixelConvention(mean=(123.675, 116.28, 103.53), std=(58.395, 57.12, 57.375))
_TF = PixelConvention(mean=(127.5, 127.5, 127.5), std=(127.5, 127.5, 127.5))

# The published weights fit any size, but MobileNetV3 warns for all sizes except this one.
_PUBLISHED_SIZE = 224


class _Preprocessing(Enum):
    """The location of a network's pixel convention in ``keras.applications``."""

    FUNCTION = "preprocess_input of its module"
    LAYERS = "layers between the input and the stem"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """A network of ``keras.applications``.

    Attributes:
        name: Name of the backbone.
        module: Its module in ``keras.applications``.
        constructor: Its constructor there.
        preprocessing: Location of its pixel convention, which the backbone does not contain.
    """

    name: str
    module: str
    constructor: str
    preprocessing: _Preprocessing = _Preprocessing.FUNCTION

    def build(self, image_size: int, weights: Weights) -> KerasModel:
        model = self._construct(image_size, weights=None, preprocessing=False)
        if weights is not None:
            model.set_weights(self._published_values())
        return number_anew(model)

    def reference_pixels(self, photos: Any) -> Any:
        """Apply the pixel convention with the code of ``keras.applications``."""
        import keras

        if self.preprocessing is _Preprocessing.FUNCTION:
            module = getattr(keras.applications, self.module)
            return module.preprocess_input(keras.ops.convert_to_tensor(photos))
        model = self._construct(32, weights=None, preprocessing=True)
        for layer in model.layers:
            if isinstance(layer, (keras.layers.Rescaling, keras.layers.Normalization)):
                photos = layer(photos)
        return photos

    def _construct(self, image_size: int, *, weights: Weights, preprocessing: bool) -> KerasModel:
        import keras

        arguments = {"include_top": False, "weights": weights}
        if self.preprocessing is _Preprocessing.LAYERS:
            arguments["include_preprocessing"] = preprocessing
        constructor = getattr(keras.applications, self.constructor)
        return constructor(input_shape=(image_size, image_size, 3), **arguments)

    def _published_values(self) -> list[Any]:
        """Load the published weights with Keras into the network that they were made for."""
        try:
            with impatient_sockets():
                model = self._construct(_PUBLISHED_SIZE, weights="imagenet", preprocessing=True)
        except Exception as error:  # no connection, disk full, wrong checksum, damaged file
            source = f"keras.applications.{self.constructor}"
            raise PretrainedWeightsError(self.name, source=source, reason=str(error)) from error
        values: list[Any] = model.get_weights()
        return values


# Licences: those that the documentation of Keras 2 named are MIT for ResNet (Kaiming He), BSD for
# ResNetV2 (facebook/fb.resnet.torch) and BSD-3-Clause for DenseNet (liuzhuang13/DenseNet). The
# others are those of the repositories that the weights come from: MIT for ConvNeXt
# (facebookresearch/ConvNeXt), Apache-2.0 for MobileNetV3 (tensorflow/models) and EfficientNetV2
# (google/automl).
def _spec(
    network: _Network,
    stages: dict[str, str],
    *,
    feature_width: int,
    pixels: PixelConvention,
    license: str,
) -> BackboneSpec:
    return BackboneSpec(
        name=network.name,
        build=network.build,
        stages=tuple(Stage(name=name, last_layer=last) for name, last in stages.items()),
        feature_width=feature_width,
        pixels=pixels,
        min_image_size=32,  # the minimum of Keras
        license=license,
        source=f"keras.applications.{network.constructor}",
        pretrained="ImageNet, as published by keras.applications",
        reference_pixels=network.reference_pixels,
    )


RESNET50 = _spec(
    _Network(name="resnet50", module="resnet", constructor="ResNet50"),
    {
        "stem": "pool1_pool",
        "conv2": "conv2_block3_out",
        "conv3": "conv3_block4_out",
        "conv4": "conv4_block6_out",
        "conv5": "conv5_block3_out",
    },
    feature_width=2048,
    pixels=_CAFFE,
    license="MIT",
)

RESNET101 = _spec(
    _Network(name="resnet101", module="resnet", constructor="ResNet101"),
    {
        "stem": "pool1_pool",
        "conv2": "conv2_block3_out",
        "conv3": "conv3_block4_out",
        "conv4": "conv4_block23_out",
        "conv5": "conv5_block3_out",
    },
    feature_width=2048,
    pixels=_CAFFE,
    license="MIT",
)

RESNET50V2 = _spec(
    _Network(name="resnet50v2", module="resnet_v2", constructor="ResNet50V2"),
    {
        "stem": "pool1_pool",
        "conv2": "conv2_block3_out",
        "conv3": "conv3_block4_out",
        "conv4": "conv4_block6_out",
        "conv5": "post_relu",
    },
    feature_width=2048,
    pixels=_TF,
    license="BSD",
)

MOBILENETV3_SMALL = _spec(
    _Network(
        name="mobilenetv3_small",
        module="mobilenet_v3",
        constructor="MobileNetV3Small",
        preprocessing=_Preprocessing.LAYERS,
    ),
    {
        "stem": "activation",
        "block1": "expanded_conv_project_bn",
        "block2": "expanded_conv_2_add",
        "block3": "expanded_conv_5_add",
        "block4": "expanded_conv_7_add",
        "block5": "expanded_conv_10_add",
        "top": "activation_17",
    },
    feature_width=576,
    pixels=_TF,
    license="Apache-2.0",
)

MOBILENETV3_LARGE = _spec(
    _Network(
        name="mobilenetv3_large",
        module="mobilenet_v3",
        constructor="MobileNetV3Large",
        preprocessing=_Preprocessing.LAYERS,
    ),
    {
        "stem": "activation",
        "block1": "expanded_conv_add",
        "block2": "expanded_conv_2_add",
        "block3": "expanded_conv_5_add",
        "block4": "expanded_conv_9_add",
        "block5": "expanded_conv_11_add",
        "block6": "expanded_conv_14_add",
        "top": "activation_19",
    },
    feature_width=960,
    pixels=_TF,
    license="Apache-2.0",
)

EFFICIENTNETV2B0 = _spec(
    _Network(
        name="efficientnetv2b0",
        module="efficientnet_v2",
        constructor="EfficientNetV2B0",
        preprocessing=_Preprocessing.LAYERS,
    ),
    {
        "stem": "stem_activation",
        "block1": "block1a_project_activation",
        "block2": "block2b_add",
        "block3": "block3b_add",
        "block4": "block4c_add",
        "block5": "block5e_add",
        "block6": "block6h_add",
        "top": "top_activation",
    },
    feature_width=1280,
    pixels=_TORCH,
    license="Apache-2.0",
)

# A dense block ends at its concatenation. The transition that follows reduces channels and size, as
# the begin of the next stage.
DENSENET121 = _spec(
    _Network(name="densenet121", module="densenet", constructor="DenseNet121"),
    {
        "stem": "pool1",
        "conv2": "conv2_block6_concat",
        "conv3": "conv3_block12_concat",
        "conv4": "conv4_block24_concat",
        "conv5": "relu",
    },
    feature_width=1024,
    pixels=_TORCH,
    license="BSD-3-Clause",
)

CONVNEXT_TINY = _spec(
    _Network(
        name="convnext_tiny",
        module="convnext",
        constructor="ConvNeXtTiny",
        preprocessing=_Preprocessing.LAYERS,
    ),
    # Its blocks end in a bare ``x + y``. The stages have three, three, nine and three blocks.
    {
        "stem": "convnext_tiny_stem",
        "stage1": "add_2",
        "stage2": "add_5",
        "stage3": "add_14",
        "stage4": "layer_normalization",
    },
    feature_width=768,
    pixels=_TORCH,
    license="MIT",
)
