"""Folding of frozen batch norms into the convolutions before them, while a phase trains.

A frozen batch norm multiplies each channel by a constant and adds another one. Applying both to the
kernel, which is small, is cheaper than applying them to the feature map. The gradient of the kernel
is the same. ``benchmarks/speed`` shows that this makes a step faster than in plain Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

# Only these exact classes: a subclass may do something else.
_CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)


class FoldedConvolution(keras.layers.Layer):
    """A convolution and the frozen batch norm after it, as one convolution.

    Args:
        convolution: The convolution, trained or frozen. Its own weights are used.
        norm: The frozen batch norm. Its statistics, scale and offset are read in each call.
    """

    def __init__(self, convolution: Any, norm: Any) -> None:
        # Without a fixed name, because one batch norm may follow several convolutions.
        super().__init__(dtype=convolution.dtype_policy)
        self.convolution = convolution
        self.norm = norm
        self.built = True

    def call(self, maps: Any) -> Any:
        """Convolve and normalise ``maps``, shape ``(batch, height, width, channels)``."""
        scale, offset = self._scale_and_offset()
        convolution = self.convolution
        depthwise = isinstance(convolution, keras.layers.DepthwiseConv2D)
        # A depthwise kernel has its channels on the second-last axis.
        per_channel = keras.ops.reshape(scale, (-1, 1)) if depthwise else scale
        convolve = keras.ops.depthwise_conv if depthwise else keras.ops.conv
        convolved = convolve(
            maps,
            convolution.kernel * per_channel,
            strides=convolution.strides,
            padding=convolution.padding,
            data_format=convolution.data_format,
            dilation_rate=convolution.dilation_rate,
        )
        # TensorFlow fuses bias_add, but not a plain sum, with the convolution and the activation.
        return tf.nn.bias_add(convolved, offset)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the output shape of the convolution. Otherwise Keras would trace ``call``."""
        shape: tuple[int | None, ...] = self.convolution.compute_output_shape(input_shape)
        return shape

    def _scale_and_offset(self) -> tuple[Any, Any]:
        norm = self.norm
        scale = keras.ops.rsqrt(norm.moving_variance + norm.epsilon)
        if norm.scale:
            scale = scale * norm.gamma
        offset = -norm.moving_mean * scale
        if norm.center:
            offset = offset + norm.beta
        if self.convolution.use_bias:
            offset = offset + self.convolution.bias * scale
        return scale, offset


def fold_frozen_norms(network: keras.Model, inputs: Any = None) -> keras.Model:
    """Rebuild the graph of ``network`` with frozen batch norms folded.

    Args:
        network: A functional model whose ``trainable`` flags are set. It does not change.
        inputs: A new input of the graph, such as one for photos of any size. Default: an input as
            that of ``network``.

    Returns:
        A model with the same layers, weights, inputs and outputs. Its results are equal up to
        rounding until a flag changes.
    """
    calls: dict[int, tuple[Any, Any]] = {}

    def lay(layer: Any, *args: Any, **kwargs: Any) -> Any:
        before = calls.get(id(args[0])) if args else None
        if before is not None and _is_frozen_norm(layer):
            convolution, maps = before
            return FoldedConvolution(convolution, layer)(maps)
        laid = layer(*args, **kwargs)
        if args and _can_take_a_norm(layer):
            # A folded convolution is no longer used and so drops out of the new graph. Layers keep
            # their output tensors, so ids are unique.
            calls[id(laid)] = (layer, args[0])
        return laid

    return keras.models.clone_model(
        network, input_tensors=inputs, clone_function=lambda layer: layer, call_function=lay
    )


def _is_frozen_norm(layer: Any) -> bool:
    return (
        type(layer) is keras.layers.BatchNormalization
        and not layer.trainable
        and layer.axis in (-1, 3)
        and layer.compute_dtype == "float32"
    )


def _can_take_a_norm(layer: Any) -> bool:
    return (
        type(layer) in _CONVOLUTIONS
        and layer.activation is keras.activations.linear
        and layer.data_format == "channels_last"
        # Half precision would round the folded kernel. Quantised and low-rank layers have no plain
        # kernel.
        and layer.compute_dtype == "float32"
        and not getattr(layer, "lora_enabled", False)
        and getattr(layer, "quantization_mode", None) is None
        and getattr(layer, "groups", 1) == 1
        and getattr(layer, "depth_multiplier", 1) == 1
    )
