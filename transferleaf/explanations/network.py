"""A classifier traced for explanations: from photos to maps and sums of evidence.

The head is linear on pooled features, so a logit is the bias plus a contribution of each stage.
Each stage has a map whose average over all positions is exactly this contribution.

For averages, the map is ``w . (A - mean)`` at each position, which is exact, because the head is
linear. If the head clips a feature to its bound, the map is scaled by the same factor.

A covariance is an average too, of the products ``x x'`` of the centred channels at each position,
but the head uses its square root. The map at each position is ``2 x' G x``, where G is the gradient
of the contribution with respect to the covariance. The square root is homogeneous of degree 1/2, so
by Euler's theorem the average of this map is exactly the contribution. Its distribution over the
positions is a first-order approximation.

If the head pools over the leaf, each position is weighted by the leaf map, which is a constant for
the explanation.

The class and register tokens of a transformer have no position, so their contribution is spread
evenly over the map of their stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from transferleaf.backbones.backbone import Backbone
from transferleaf.errors import ConfigError
from transferleaf.explanations.explanation import Method
from transferleaf.explanations.stage_ends import StageEnds
from transferleaf.features.leaf_map import pooling_inputs, position_weights
from transferleaf.freezing import FreezePolicy
from transferleaf.freezing.feature_groups import FeatureGroup, feature_groups
from transferleaf.head.layers import pooling_name
from transferleaf.head.solver import over_domains, softmax

Floats = npt.NDArray[np.float32]

PREDICTED = -1
"""Explain the most probable class; used instead of a class number."""


class Explainable(Protocol):
    """The interface of ``TransferClassifier`` that explanations use."""

    classes: tuple[str, ...]
    backbone: Backbone

    @property
    def freeze(self) -> FreezePolicy:
        """The policy, which determines the stages of the head."""

    def get_layer(self, name: str) -> Any:
        """Return a layer by name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """The outputs of a network for a batch of photos.

    Attributes:
        maps: One map per stage, each of shape ``(n, rows, columns)``. Their sizes may differ.
        explained: Numbers of the explained classes, shape ``(n,)``.
        stage_logits: Contribution of each stage of the head to each logit, shape ``(n, n_stages,
            n_classes)``.
        bias: Shape ``(n, n_classes)``. The logits are the bias plus the sum of ``stage_logits``
            over the stages. If the head has several domains, these are the logits of the most
            probable domain of each photo.
        probabilities: Class probabilities, over all domains, shape ``(n, n_classes)``.
    """

    maps: tuple[Floats, ...]
    explained: npt.NDArray[np.int64]
    stage_logits: Floats
    bias: Floats
    probabilities: Floats

    @property
    def logits(self) -> Floats:
        """Shape ``(n, n_classes)``."""
        logits: Floats = self.bias + self.stage_logits.sum(axis=1)
        return logits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """The contribution of one feature group to the logits, for a batch of n photos.

    Attributes:
        group: The group.
        pool: Its pooling layer.
        source: The input of the pooling layer: a feature map, a list of it and the leaf map, or
            tokens.
        pooled: The features, ``(n, width)``.
        scaled: The scaled features, which are the input of the kernel, ``(n, width)``.
        kernel: Weights of the scaled features, ``(width, n_classes)``.
        mean: Means that are subtracted from the features, ``(width,)``.
        factor: Ratio of scaled features to deviations from the mean, for each photo, ``(n,
            width)``. It is smaller if a feature is clipped to its bound.
    """

    group: FeatureGroup
    pool: Any
    source: Any
    pooled: Any
    scaled: Any
    kernel: Any
    mean: Any
    factor: Any

    @classmethod
    def of(
        cls,
        group: FeatureGroup,
        pool: Any,
        source: Any,
        kernel: Any,
        mean: Any,
        scale: Any,
        limit: Any,
    ) -> _Part:
        pooled = pool(source)
        free = (pooled - mean) / scale
        scaled = tf.clip_by_value(free, -limit, limit)
        within = tf.where(tf.abs(free) <= limit, tf.ones_like(free), limit / tf.abs(free))
        return cls(
            group=group,
            pool=pool,
            source=source,
            pooled=pooled,
            scaled=scaled,
            kernel=kernel,
            mean=mean,
            factor=within / scale,
        )

    def spread(self, feature_map: Any, explained: Any) -> Any:
        """Return the contribution of each position to the logits, shape ``(n, rows, columns)``.

        The average over all positions is the contribution of the group to the logits of
        ``explained``.
        """
        weights = tf.stop_gradient(self.factor) * tf.gather(tf.transpose(self.kernel), explained)
        if self.group.kind == "tokens":
            score = tf.reduce_sum((self.pooled - self.mean) * weights, axis=1)
            return tf.ones(tf.shape(feature_map)[:3]) * score[:, None, None]
        shares = 1.0  # of each position in the averages, with mean 1
        if self.group.region == "leaf":
            height, width = feature_map.shape[1:3]
            shares = position_weights(self.source[1], height, width)[..., 0]
        if self.group.kind == "average":
            centred = tf.cast(feature_map, tf.float32) - self.mean
            return shares * tf.einsum("nrcf,nf->nrc", centred, weights)
        centred = self.pool.centred(self.source)
        covariance = self.pool.covariance(centred)
        with tf.GradientTape() as tape:
            tape.watch(covariance)
            score = tf.reduce_sum(weights * self.pool.root(covariance))
        gradient = tape.gradient(score, covariance)
        found = 2 * tf.einsum("npf,nfg,npg->np", centred, gradient, centred)
        found = tf.reshape(found, tf.shape(feature_map)[:3])
        return found - shares * tf.reduce_sum(weights * self.mean, axis=1)[:, None, None]


class ExplainedNetwork:
    """The layers of a classifier, traced once per method and stage.

    It uses the current weights of the layers and does not change them.

    Args:
        classifier: The classifier. No reference to it is kept.
    """

    def __init__(self, classifier: Explainable) -> None:
        self.stages = classifier.backbone.stage_names
        self._groups = feature_groups(classifier.freeze, classifier.backbone.describe())
        self.head_stages = tuple(dict.fromkeys(group.stage for group in self._groups))
        self._pools = [
            classifier.get_layer(pooling_name(group, self.stages[group.stage]))
            for group in self._groups
        ]
        self._backbone = classifier.backbone
        self._stage_ends = StageEnds(classifier.backbone)
        names = ("resize", "pixels", "standardize", "probabilities")
        self._resize, self._pixels, self._standardize, self._dense = map(
            classifier.get_layer, names
        )
        self._domains = getattr(self._dense, "domains", 1)
        self._traced: dict[tuple[Method, int | None], Any] = {}

    @property
    def head_stage_names(self) -> tuple[str, ...]:
        """The stages of the head, from low-level to high-level features."""
        return tuple(self.stages[position] for position in self.head_stages)

    def run(
        self,
        photos: npt.NDArray[Any],
        class_numbers: Sequence[int],
        *,
        method: Method,
        stage: str | None = None,
    ) -> Evidence:
        """Compute the evidence for a class in each photo.

        Args:
            photos: Shape ``(n, height, width, 3)``, RGB in [0, 255].
            class_numbers: The class to explain in each photo, or ``PREDICTED``.
            method: ``"stage-cam"``: one exact map for each stage of the head. ``"grad-cam"``: one
                map, of the last stage of the head.
            stage: Only compute the map of this stage.

        Raises:
            ConfigError: ``method`` or ``stage`` does not exist.
        """
        run = self._function(method, self._position(method, stage))
        maps, outputs, stage_logits = run(
            tf.constant(photos, tf.float32), tf.constant(class_numbers, tf.int64)
        )
        return self._evidence(maps, np.asarray(outputs), np.asarray(stage_logits))

    def _evidence(
        self, maps: Sequence[Any], outputs: npt.NDArray[np.int64], stage_logits: Floats
    ) -> Evidence:
        """Return the evidence of the domain of each photo; ``outputs`` are those explained."""
        domains = self._domains
        n, stages, classes = *stage_logits.shape[:2], stage_logits.shape[2] // domains
        bias = np.asarray(self._dense.bias)
        shares = over_domains(softmax(bias + stage_logits.sum(axis=1)), domains)
        rows, domain = np.arange(n), outputs // classes
        return Evidence(
            maps=tuple(np.asarray(each) for each in maps),
            explained=outputs % classes,
            stage_logits=stage_logits.reshape(n, stages, domains, classes)[rows, :, domain],
            bias=bias.reshape(domains, classes)[domain],
            probabilities=shares,
        )

    def _position(self, method: Method, stage: str | None) -> int | None:
        if method not in ("stage-cam", "grad-cam"):
            raise ConfigError("method", method, "be 'stage-cam' or 'grad-cam'")
        last = self.head_stages[-1]
        if stage is None:
            return None if method == "stage-cam" else last
        # Grad-CAM is possible for every stage; exact maps only for stages that feed the head.
        usable = range(last + 1) if method == "grad-cam" else self.head_stages
        names = [self.stages[position] for position in usable]
        if stage not in names:
            raise ConfigError("stage", stage, f"be one of {names} for {method}")
        return self.stages.index(stage)

    def _function(self, method: Method, position: int | None) -> Any:
        """Trace on first use. One trace supports any number and size of photos."""
        key = (method, position)
        if key not in self._traced:
            run: Any = self._stage_cam if method == "stage-cam" else self._grad_cam
            self._traced[key] = tf.function(
                lambda photos, class_numbers: run(photos, class_numbers, position),
                input_signature=[
                    tf.TensorSpec((None, None, None, 3), tf.float32),
                    tf.TensorSpec((None,), tf.int64),
                ],
            )
        return self._traced[key]

    def _stage_cam(self, photos: Any, class_numbers: Any, position: int | None) -> Any:
        feature_maps, stage_logits = self._forward(self._seen(photos))
        explained = self._explained(stage_logits, class_numbers)
        maps: dict[int, Any] = {}
        for part in self._parts_of_head(feature_maps):
            stage = part.group.stage
            if position in (None, stage):
                found = part.spread(feature_maps[stage], explained)
                maps[stage] = maps[stage] + found if stage in maps else found
        return list(maps.values()), explained, stage_logits

    def _grad_cam(self, photos: Any, class_numbers: Any, position: int) -> Any:
        seen = self._seen(photos)
        with tf.GradientTape() as tape:
            tape.watch(seen)  # the tape does not record frozen weights
            feature_maps, ends = self._stage_ends(seen)
            stage_logits = self._stage_logits(feature_maps)
            explained = self._explained(stage_logits, class_numbers)
            logits = tf.reduce_sum(stage_logits, axis=1)
            score = tf.gather(logits, explained, axis=1, batch_dims=1)
        # Watch the end of the stage, not its map: later stages may not use the map.
        of_end = tape.gradient(score, ends[position])
        gradients = tf.cast(self._stage_ends.as_map(of_end, position), tf.float32)
        weights = tf.reduce_mean(gradients, axis=(1, 2))
        found = tf.cast(feature_maps[position], tf.float32)
        return [tf.einsum("nrcf,nf->nrc", found, weights)], explained, stage_logits

    def _seen(self, photos: Any) -> Any:
        return self._pixels(self._resize(photos, training=False))

    def _forward(self, pixels: Any) -> Any:
        feature_maps = keras.tree.flatten(self._backbone.model(pixels, training=False))
        return feature_maps, self._stage_logits(feature_maps)

    def _stage_logits(self, feature_maps: Sequence[Any]) -> Any:
        logits: dict[int, Any] = {}
        for part in self._parts_of_head(feature_maps):
            stage, found = part.group.stage, part.scaled @ part.kernel
            logits[stage] = logits[stage] + found if stage in logits else found
        return tf.stack(list(logits.values()), axis=1)

    def _parts_of_head(self, outputs: Sequence[Any]) -> list[_Part]:
        """Return the contribution of each feature group."""
        widths = [group.width for group in self._groups]
        standardize = self._standardize
        kernels, means, scales, limits = (
            tf.split(tf.convert_to_tensor(values), widths)
            for values in (
                self._dense.kernel,
                standardize.mean,
                standardize.scale,
                standardize.limit,
            )
        )
        given = pooling_inputs(self._groups, outputs, self._backbone)
        parts = zip(self._groups, self._pools, given, kernels, means, scales, limits, strict=True)
        return [_Part.of(*values) for values in parts]

    def _explained(self, stage_logits: Any, class_numbers: Any) -> Any:
        """Return the output of the head to explain: a class in the most probable domain."""
        logits = tf.reduce_sum(stage_logits, axis=1) + self._dense.bias
        classes = self._dense.units // self._domains
        shares = tf.reshape(tf.nn.softmax(logits), (-1, self._domains, classes))
        predicted = tf.argmax(tf.reduce_sum(shares, axis=1), axis=1)
        chosen = tf.where(class_numbers == PREDICTED, predicted, class_numbers)
        return tf.argmax(tf.reduce_sum(shares, axis=2), axis=1) * classes + chosen


_networks: WeakKeyDictionary[Any, ExplainedNetwork] = WeakKeyDictionary()


def network_of(classifier: Explainable) -> ExplainedNetwork:
    """Return the traced network of a classifier. It is cached while the classifier exists."""
    if classifier not in _networks:
        _networks[classifier] = ExplainedNetwork(classifier)
    return _networks[classifier]
