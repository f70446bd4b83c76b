"""The multiply-adds of a backbone are those that its graph does."""

from __future__ import annotations

from math import prod

import keras
import pytest
import tensorflow as tf

from transferleaf.backbones import build_backbone, get_backbone, list_backbones

# A network of each kind. Transformers have dense layers that a graph computes in other ways.
QUICK = ("efficientnet_lite0", "keras_cv:resnet18_v2")
CONVOLUTIONAL = (
    "resnet50",
    "resnet50v2",
    "densenet121",
    "mobilenetv3_small",
    "efficientnetv2b0",
    "keras_cv:resnet50_v2",
    "keras_cv:mobilenet_v3_large",
    "keras_hub:resnet_50_imagenet",
    "keras_hub:resnet_vd_18_imagenet",
    "keras_hub:densenet_121_imagenet",
    "keras_hub:efficientnet_b0_ra_imagenet",
    "keras_hub:mobilenet_v3_small_100_imagenet",
    "keras_hub:mobilenet_v3_large_100_imagenet",
)
_SIZE = 96


def multiply_adds(model: keras.Model) -> int:
    """Count the multiply-adds of the convolutions and matrix products in the graph of a model."""
    photo = tf.TensorSpec((1, *model.input.shape[1:]), tf.float32)
    graph = tf.function(lambda pixels: model(pixels, training=False)).get_concrete_function(photo)
    return _work_of(graph.graph)


def _work_of(graph: tf.Graph) -> int:
    found = 0
    for operation in graph.get_operations():
        if operation.type.endswith("PartitionedCall"):  # Keras compiles grouped convolutions
            inner = graph._get_function(operation.get_attr("f").name)
            found += _work_of(inner.graph)
        else:
            found += _work(operation)
    return found


def _work(operation: tf.Operation) -> int:
    if operation.type not in ("Conv2D", "DepthwiseConv2dNative", "MatMul"):
        return 0
    places = prod(operation.outputs[0].shape)
    kernel = operation.inputs[1].shape
    if operation.type == "MatMul":
        return places * operation.inputs[0].shape[1]
    # A depthwise kernel sees one channel, another all of its group.
    return places * prod(kernel[:2] if operation.type != "Conv2D" else kernel[:3])


@pytest.mark.parametrize(
    "name",
    [
        *QUICK,
        *(pytest.param(name, marks=pytest.mark.slow) for name in CONVOLUTIONAL),
    ],
)
def test_the_counted_work_is_that_of_the_graph(name: str):
    assert name in list_backbones()
    if name.startswith("keras_hub:"):
        pytest.importorskip("keras_hub", reason="the extra hub is not installed")
    backbone = build_backbone(get_backbone(name), image_size=_SIZE, weights=None)

    counted = sum(layer.multiply_adds for layer in backbone.describe().layers)

    assert counted == pytest.approx(multiply_adds(backbone.model), rel=0.01)
