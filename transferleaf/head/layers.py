"""The layers of the head: pooling, concatenation, standardisation and classification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from transferleaf.backbones.backbone import Backbone
from transferleaf.features.leaf_map import pooling_inputs
from transferleaf.features.second_order import pooling_layer
from transferleaf.freezing import FreezePolicy
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.scaling import UNLIMITED, FeatureScaling
from transferleaf.head.solver import LinearHead

_UNDECIDED_DROPOUT = 0.5

_POOLING_NAMES = {"average": "pool", "second-order": "second_order", "tokens": "tokens"}


@keras.saving.register_keras_serializable("transferleaf")
class Standardize(keras.layers.Layer):
    """Subtract a fixed mean, divide by a fixed scale and clip the result, for each feature.

    It is a separate layer instead of a part of the classifier's kernel, because the features of
    different stages differ by orders of magnitude. In a folded kernel, this would make gradient
    training unstable.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create mean 0, scale 1 and no limit, each ``(n_features,)``. They are not trainable."""
        self.mean, self.scale, self.limit = (
            self.add_weight(name=name, shape=(input_shape[-1],), initializer=start, trainable=False)
            for name, start in (
                ("mean", "zeros"),
                ("scale", "ones"),
                ("limit", keras.initializers.Constant(UNLIMITED)),
            )
        )

    def call(self, features: Any) -> Any:
        """Standardise ``features``, shape ``(batch, n_features)``."""
        return keras.ops.clip((features - self.mean) / self.scale, -self.limit, self.limit)

    def load_own_variables(self, store: Any) -> None:
        """Load the three vectors. Files from before version 0.2 have no limits."""
        if "2" in store.keys():  # noqa: SIM118 - a store of Keras' is no mapping
            super().load_own_variables(store)
        else:
            self.mean.assign(store["0"])
            self.scale.assign(store["1"])
            self.limit.assign(keras.ops.full_like(self.limit, UNLIMITED))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the input."""
        return input_shape


def pooling_name(group: FeatureGroup, stage: str) -> str:
    """Return the name of the pooling layer of a feature group."""
    return f"{_POOLING_NAMES[group.kind]}_{stage}"


def pooled_features(
    outputs: Sequence[Any], groups: Sequence[FeatureGroup], backbone: Backbone
) -> Any:
    """Pool the outputs of a backbone, and concatenate the results.

    Args:
        outputs: The symbolic outputs of ``backbone.model``.
        groups: The feature groups of the head, in order.
        backbone: The backbone.

    Returns:
        A symbolic tensor, shape ``(batch, sum of widths)``, float32.
    """
    pooled = []
    inputs = pooling_inputs(groups, outputs, backbone)
    for group, given in zip(groups, inputs, strict=True):
        pool = pooling_layer(
            group.kind,
            group.channels,
            group.region,
            name=pooling_name(group, backbone.stage_names[group.stage]),
        )
        pooled.append(pool(given))
    return side_by_side(pooled)


def side_by_side(parts: Sequence[Any]) -> Any:
    """Concatenate symbolic features, each ``(batch, width)``, float32."""
    if len(parts) == 1:
        return parts[0]
    return keras.layers.Concatenate(name="features", dtype="float32")(parts)


@keras.saving.register_keras_serializable("transferleaf")
class DomainDense(keras.layers.Dense):
    """A softmax over all classes in all domains, added over the domains.

    Args:
        classes: Number of classes.
        domains: Number of domains.
        **options: Arguments of ``keras.layers.Dense``.

    >>> import numpy as np
    >>> tuple(DomainDense(3, domains=2)(np.ones((1, 4), "float32")).shape)
    (1, 3)
    """

    def __init__(self, classes: int, *, domains: int, **options: Any) -> None:
        super().__init__(classes * domains, **{**options, "activation": "softmax"})
        self.domains = domains

    def call(self, inputs: Any, **options: Any) -> Any:
        """Return class probabilities, shape ``(batch, classes)``."""
        shares = super().call(inputs, **options)
        split = keras.ops.reshape(shares, (-1, self.domains, self.units // self.domains))
        return keras.ops.sum(split, axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, int]:
        """Return ``(batch, classes)``."""
        return (input_shape[0], self.units // self.domains)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        config = super().get_config()
        units = config.pop("units")
        return {**config, "classes": units // self.domains, "domains": self.domains}


def classify(features: Any, *, classes: int, dropout: float, domains: int = 1) -> Any:
    """Add the classification layers to ``features``.

    Returns:
        Symbolic class probabilities, shape ``(batch, classes)``, float32.
    """
    x = Standardize(name="standardize", dtype="float32")(features)
    x = keras.layers.Dropout(dropout, name="dropout", dtype="float32")(x)
    options: Any = {"name": "probabilities", "dtype": "float32"}
    if domains > 1:
        return DomainDense(classes, domains=domains, **options)(x)
    return keras.layers.Dense(classes, activation="softmax", **options)(x)


def starting_dropout(policy: FreezePolicy) -> float:
    """Return the dropout rate for building the head.

    A Keras dropout layer with rate 0 has no random generator, so its rate cannot be raised later.
    If the policy is undecided, the layer is built with a higher rate.
    """
    return _UNDECIDED_DROPOUT if policy.undecided and not policy.dropout else policy.dropout


def set_dropout(model: keras.Model, rate: float) -> None:
    """Set the dropout rate of the head. Compile afterwards."""
    model.get_layer("dropout").rate = rate


def write_head(model: keras.Model, head: LinearHead) -> None:
    """Set the weights of the classifier's head from a solved head.

    A head with one domain is written to every domain of the classifier, which gives the same
    probabilities.
    """
    standardize = model.get_layer("standardize")
    standardize.mean.assign(head.scaling.mean)
    standardize.scale.assign(head.scaling.scale)
    standardize.limit.assign(head.scaling.limit)
    dense = model.get_layer("probabilities")
    copies = dense.units // len(head.bias)
    dense.kernel.assign(np.tile(head.kernel, (1, copies)))
    dense.bias.assign(np.tile(head.bias, copies))


def empty_head(model: keras.Model) -> None:
    """Set the weights of the head to zero. The scaling of its features does not change."""
    dense = model.get_layer("probabilities")
    for weight in dense.weights:
        weight.assign(keras.ops.zeros_like(weight))


def read_head(model: keras.Model) -> LinearHead:
    """Return the current head of a classifier."""
    standardize = model.get_layer("standardize")
    dense = model.get_layer("probabilities")
    return LinearHead(
        scaling=FeatureScaling(
            mean=standardize.mean.numpy(),
            scale=standardize.scale.numpy(),
            limit=standardize.limit.numpy(),
        ),
        kernel=dense.kernel.numpy(),
        bias=dense.bias.numpy(),
        l2=0.0,
        domains=getattr(dense, "domains", 1),
    )


def is_untrained(head: LinearHead) -> bool:
    """Return whether a head has never been trained. Training always changes the zero biases."""
    scaling = head.scaling
    return not head.bias.any() and not scaling.mean.any() and bool((scaling.scale == 1).all())
