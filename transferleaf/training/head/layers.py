"""The head: averaged feature maps of the stages, concatenated, standardised, classified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from transferleaf.freezing import FreezePolicy
from transferleaf.training.head.solver import LinearHead

_UNDECIDED_DROPOUT = 0.5


@keras.saving.register_keras_serializable("transferleaf")
class Standardize(keras.layers.Layer):
    """Subtract a fixed mean and divide by a fixed scale, feature by feature.

    It is a layer of its own and not folded into the classifier's kernel: features of different
    stages differ in size by orders of magnitude, and a folded kernel would inherit that, which
    makes gradient training unstable.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create mean 0 and scale 1, shape ``(n_features,)``; neither ever trains by gradient."""
        size = (input_shape[-1],)
        self.mean = self.add_weight(name="mean", shape=size, initializer="zeros", trainable=False)
        self.scale = self.add_weight(name="scale", shape=size, initializer="ones", trainable=False)

    def call(self, features: Any) -> Any:
        """Standardise ``features``, shape ``(batch, n_features)``."""
        return (features - self.mean) / self.scale

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the input's shape."""
        return input_shape


def pooled_features(maps: Sequence[Any], stages: Sequence[str]) -> Any:
    """Average each feature map over its places and put the results side by side.

    Args:
        maps: Symbolic feature maps, each ``(batch, height, width, channels)``.
        stages: Their stages' names.

    Returns:
        A symbolic tensor, shape ``(batch, sum of channels)``, float32.
    """
    pooled = [
        # In float32 whatever the backbone computes in: a sum over many places loses half precision.
        keras.layers.GlobalAveragePooling2D(name=f"pool_{stage}", dtype="float32")(feature_map)
        for feature_map, stage in zip(maps, stages, strict=True)
    ]
    if len(pooled) == 1:
        return pooled[0]
    return keras.layers.Concatenate(name="features", dtype="float32")(pooled)


def classify(features: Any, *, classes: int, dropout: float) -> Any:
    """Put the classifier on ``features``.

    Returns:
        Symbolic class probabilities, shape ``(batch, classes)``, float32.
    """
    x = Standardize(name="standardize", dtype="float32")(features)
    x = keras.layers.Dropout(dropout, name="dropout", dtype="float32")(x)
    return keras.layers.Dense(classes, activation="softmax", name="probabilities", dtype="float32")(
        x
    )


def starting_dropout(policy: FreezePolicy) -> float:
    """The rate that the head's dropout is built with.

    A Keras dropout that is built with rate 0 has no random generator and could never drop; where
    the rate is still to be decided, it begins above.
    """
    return _UNDECIDED_DROPOUT if policy.undecided and not policy.dropout else policy.dropout


def set_dropout(model: keras.Model, rate: float) -> None:
    """Change the rate of the head's dropout; the caller compiles afterwards."""
    model.get_layer("dropout").rate = rate


def stage_widths(model: keras.Model) -> tuple[int, ...]:
    """How many of the head's features come from each stage, from low to high level."""
    names = [layer.name for layer in model.layers]
    if "features" not in names:
        return ()
    return tuple(int(pooled.shape[-1]) for pooled in model.get_layer("features").input)


def write_head(model: keras.Model, head: LinearHead) -> None:
    """Put a solved head into the classifier's layers."""
    standardize = model.get_layer("standardize")
    standardize.mean.assign(head.mean)
    standardize.scale.assign(head.scale)
    dense = model.get_layer("probabilities")
    dense.kernel.assign(head.kernel)
    dense.bias.assign(head.bias)


def read_head(model: keras.Model) -> LinearHead:
    """Return the head that the classifier's layers hold now."""
    standardize = model.get_layer("standardize")
    dense = model.get_layer("probabilities")
    return LinearHead(
        mean=standardize.mean.numpy(),
        scale=standardize.scale.numpy(),
        kernel=dense.kernel.numpy(),
        bias=dense.bias.numpy(),
        l2=0.0,
    )


def is_untrained(head: LinearHead) -> bool:
    """Whether a head is as it was built: training of any kind moves the biases off zero."""
    return not head.bias.any() and not head.mean.any() and bool((head.scale == 1).all())
