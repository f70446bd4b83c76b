"""A classifier traced for explanations: from photos to maps of evidence, and the evidence in sums.

The head is linear on averages, ``logit = bias + sum over stages of w . (average of A - mean)``, and
an average of sums is a sum of averages. So each stage has a map, ``w . (A - mean)`` place by place,
and bias and the averages of these maps are the logit: no approximation, for any stage.
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
from transferleaf.freezing import FreezePolicy
from transferleaf.freezing.planning import head_stage_positions

Floats = npt.NDArray[np.float32]

PREDICTED = -1
"""In place of a class number: the most probable class."""


class Explainable(Protocol):
    """What is asked of a classifier: what a ``TransferClassifier`` has."""

    classes: tuple[str, ...]
    backbone: Backbone

    @property
    def freeze(self) -> FreezePolicy:
        """The policy, which says what stages feed the head."""

    def get_layer(self, name: str) -> Any:
        """Return the layer of that name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What a network says of a batch of photos.

    Attributes:
        maps: Each ``(n, rows, columns)``: places of stages; their sizes may differ.
        explained: Numbers of the classes that the maps speak of, shape ``(n,)``.
        stage_logits: What each stage of the head adds to each logit, shape
            ``(n, n_stages, n_classes)``.
        bias: Shape ``(n_classes,)``; with the sum of ``stage_logits`` over stages it is the logits.
    """

    maps: tuple[Floats, ...]
    explained: npt.NDArray[np.int64]
    stage_logits: Floats
    bias: Floats

    @property
    def logits(self) -> Floats:
        """Shape ``(n, n_classes)``."""
        logits: Floats = self.bias + self.stage_logits.sum(axis=1)
        return logits


class ExplainedNetwork:
    """The layers of a classifier, traced once for each method and stage that is asked for.

    It reads the weights that the layers have at the time of a call, and changes none.

    Args:
        classifier: Whose layers they are; it is not kept.
    """

    def __init__(self, classifier: Explainable) -> None:
        self.stages = classifier.backbone.stage_names
        self.head_stages = head_stage_positions(classifier.freeze, classifier.backbone.describe())
        self._backbone = classifier.backbone.model
        names = ("resize", "pixels", "standardize", "probabilities")
        self._resize, self._pixels, self._standardize, self._dense = map(
            classifier.get_layer, names
        )
        self._traced: dict[tuple[Method, int | None], Any] = {}

    @property
    def head_stage_names(self) -> tuple[str, ...]:
        """Names of the stages that feed the head, from low-level to high-level features."""
        return tuple(self.stages[position] for position in self.head_stages)

    def run(
        self,
        photos: npt.NDArray[Any],
        class_numbers: Sequence[int],
        *,
        method: Method,
        stage: str | None = None,
    ) -> Evidence:
        """Find the evidence for a class in each photo.

        Args:
            photos: Shape ``(n, height, width, 3)``, RGB in [0, 255].
            class_numbers: The class to explain in each photo, or ``PREDICTED``.
            method: ``"stage-cam"``: one exact map for each stage of the head. ``"grad-cam"``: one
                map, of the stage that feeds the head last.
            stage: Take the map of this stage alone.

        Raises:
            ConfigError: ``method`` or ``stage`` is none that there is.
        """
        run = self._function(method, self._position(method, stage))
        maps, explained, stage_logits = run(
            tf.constant(photos, tf.float32), tf.constant(class_numbers, tf.int64)
        )
        return Evidence(
            maps=tuple(np.asarray(each) for each in maps),
            explained=np.asarray(explained),
            stage_logits=np.asarray(stage_logits),
            bias=np.asarray(self._dense.bias),
        )

    def _position(self, method: Method, stage: str | None) -> int | None:
        if method not in ("stage-cam", "grad-cam"):
            raise ConfigError("method", method, "be 'stage-cam' or 'grad-cam'")
        last = self.head_stages[-1]
        if stage is None:
            return None if method == "stage-cam" else last
        # A gradient reaches every stage before the last; exact maps are those of the head's own.
        usable = range(last + 1) if method == "grad-cam" else self.head_stages
        names = [self.stages[position] for position in usable]
        if stage not in names:
            raise ConfigError("stage", stage, f"be one of {names} for {method}")
        return self.stages.index(stage)

    def _function(self, method: Method, position: int | None) -> Any:
        """Trace on first use; photos of any number and size run through one trace."""
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
        maps = []
        for at, kernel, mean in self._parts_of_head(feature_maps):
            if position in (None, at):
                weights = tf.gather(kernel, explained, axis=1)  # (channels, n)
                centred = tf.cast(feature_maps[at], tf.float32) - mean
                maps.append(tf.einsum("nrcf,fn->nrc", centred, weights))
        return maps, explained, stage_logits

    def _grad_cam(self, photos: Any, class_numbers: Any, position: int) -> Any:
        seen = self._seen(photos)
        with tf.GradientTape() as tape:
            tape.watch(seen)  # frozen weights alone would not be recorded
            feature_maps, stage_logits = self._forward(seen)
            explained = self._explained(stage_logits, class_numbers)
            logits = tf.reduce_sum(stage_logits, axis=1)
            score = tf.gather(logits, explained, axis=1, batch_dims=1)
        gradients = tf.cast(tape.gradient(score, feature_maps[position]), tf.float32)
        weights = tf.reduce_mean(gradients, axis=(1, 2))
        found = tf.cast(feature_maps[position], tf.float32)
        return [tf.einsum("nrcf,nf->nrc", found, weights)], explained, stage_logits

    def _seen(self, photos: Any) -> Any:
        return self._pixels(self._resize(photos, training=False))

    def _forward(self, pixels: Any) -> Any:
        feature_maps = keras.tree.flatten(self._backbone(pixels, training=False))
        stage_logits = [
            (tf.reduce_mean(tf.cast(feature_maps[at], tf.float32), axis=(1, 2)) - mean) @ kernel
            for at, kernel, mean in self._parts_of_head(feature_maps)
        ]
        return feature_maps, tf.stack(stage_logits, axis=1)

    def _parts_of_head(self, feature_maps: Sequence[Any]) -> list[tuple[int, Any, Any]]:
        """Each stage's part of the head: its position, kernel on what is not scaled, and mean."""
        widths = [int(feature_maps[at].shape[-1]) for at in self.head_stages]
        scale = tf.convert_to_tensor(self._standardize.scale)
        kernel = tf.convert_to_tensor(self._dense.kernel) / scale[:, None]
        means = tf.split(tf.convert_to_tensor(self._standardize.mean), widths)
        return list(zip(self.head_stages, tf.split(kernel, widths), means, strict=True))

    def _explained(self, stage_logits: Any, class_numbers: Any) -> Any:
        logits = tf.reduce_sum(stage_logits, axis=1) + self._dense.bias
        return tf.where(class_numbers == PREDICTED, tf.argmax(logits, axis=1), class_numbers)


_networks: WeakKeyDictionary[Any, ExplainedNetwork] = WeakKeyDictionary()


def network_of(classifier: Explainable) -> ExplainedNetwork:
    """The traced network of a classifier, one and the same as long as the classifier lives."""
    if classifier not in _networks:
        _networks[classifier] = ExplainedNetwork(classifier)
    return _networks[classifier]
