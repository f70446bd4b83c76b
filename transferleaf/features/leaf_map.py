"""The leaf map: where a photo shows the leaf, as weights of the positions in pooling.

It is a logistic regression at each position, from the outputs of frozen stages and the position
itself. ``training/leaf_map_fit.py`` fits it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from transferleaf.backbones.backbone import Backbone
from transferleaf.freezing.feature_groups import FeatureGroup, Region, leaf_map_stages

Floats = NDArray[np.float32]

# Weight of a position that surely does not show the leaf, relative to one that surely does. If no
# position shows a leaf, all have this weight, so the whole photo is pooled.
LEAST_WEIGHT = 0.01

POSITION_FEATURES = 5
"""Number of features that describe a position; see ``position_features``."""


@keras.saving.register_keras_serializable("transferleaf")
class LeafMap(keras.layers.Layer):
    """The probability that each position shows the leaf, from the maps of several stages.

    The grid has the resolution of the finest of these maps. An unfitted leaf map gives 0.5
    everywhere, which pools over the whole photo.

    >>> maps = [np.ones((1, 4, 4, 3), "float32"), np.ones((1, 2, 2, 5), "float32")]
    >>> tuple(LeafMap()(maps).shape)
    (1, 4, 4, 1)
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "dtype": "float32", "trainable": False})

    def build(self, input_shape: Sequence[tuple[int | None, ...]]) -> None:
        """Create a kernel for each map and an offset for each position, all zero."""
        rows, columns = int(input_shape[0][1] or 0), int(input_shape[0][2] or 0)
        self.kernels = [
            self.add_weight(name=f"kernel_{number}", shape=(int(shape[-1] or 0), 1))
            for number, shape in enumerate(input_shape)
        ]
        self.offset = self.add_weight(name="offset", shape=(rows, columns, 1))
        for weight in (*self.kernels, self.offset):
            weight.assign(ops.zeros_like(weight))
        self._resized = [
            (resampling(int(shape[1] or 0), rows), resampling(int(shape[2] or 0), columns))
            for shape in input_shape
        ]

    def call(self, maps: Sequence[Any]) -> Any:
        """Return the leaf map.

        Args:
            maps: Feature maps, each ``(batch, height, width, channels)``, the finest first.

        Returns:
            Shape ``(batch, rows, columns, 1)``, in [0, 1].
        """
        logits = self.offset[None]
        for each, kernel, (rows, columns) in zip(maps, self.kernels, self._resized, strict=True):
            # The channels first, so that only one number for each position is resized.
            own = ops.matmul(ops.cast(each, "float32"), kernel)
            logits = logits + _resize(own, rows, columns)
        return ops.sigmoid(logits)

    def compute_output_shape(
        self, input_shape: Sequence[tuple[int | None, ...]]
    ) -> tuple[int | None, ...]:
        """Return ``(batch, rows, columns, 1)``."""
        return (*input_shape[0][:3], 1)

    @property
    def fitted(self) -> bool:
        """Whether weights were set."""
        return bool(np.any(self.values()))

    def values(self) -> Floats:
        """Return all weights in one vector."""
        return np.concatenate([each.numpy().ravel() for each in (*self.kernels, self.offset)])

    def set_values(self, values: Floats) -> None:
        """Set all weights from one vector, as ``values`` returns it."""
        start = 0
        for weight in (*self.kernels, self.offset):
            size = int(np.prod(weight.shape))
            weight.assign(values[start : start + size].reshape(weight.shape))
            start += size

    def digest(self) -> str:
        """Return a digest of the weights."""
        return hashlib.sha256(self.values().tobytes()).hexdigest()


def with_region(backbone: Backbone, region: Region) -> Backbone:
    """Return the backbone for pooling over a region: for the leaf, with an unfitted leaf map."""
    return replace(backbone, leaf_map=LeafMap(name="leaf_map") if region == "leaf" else None)


def leaf_map_of(outputs: Any, backbone: Backbone) -> Any:
    """Return the leaf map for the outputs of a backbone.

    Args:
        outputs: The outputs of ``backbone.model``, by position.
        backbone: A backbone with a leaf map.

    Returns:
        Shape ``(batch, rows, columns, 1)``.
    """
    assert backbone.leaf_map is not None
    return backbone.leaf_map([outputs[stage] for stage in leaf_map_stages(backbone.describe())])


def pooling_inputs(groups: Sequence[FeatureGroup], outputs: Any, backbone: Backbone) -> list[Any]:
    """Return what the pooling layer of each feature group takes.

    Args:
        groups: The feature groups.
        outputs: The outputs of ``backbone.model``, by position: tensors or symbolic tensors.
        backbone: The backbone, with a leaf map if a group has the region ``"leaf"``.

    Returns:
        For each group, an output, or a list of an output and the leaf map.
    """
    leaf = None
    if any(group.region == "leaf" for group in groups):
        leaf = leaf_map_of(outputs, backbone)
    found = []
    for group in groups:
        position = backbone.output_position(group.stage, tokens=group.kind == "tokens")
        source = outputs[position]
        found.append(source if group.region == "photo" else [source, leaf])
    return found


def position_weights(leaf: Any, height: int, width: int) -> Any:
    """Return the weights of the positions of a feature map.

    Args:
        leaf: A leaf map, shape ``(batch, rows, columns, 1)``.
        height: Height of the feature map.
        width: Width of the feature map.

    Returns:
        Shape ``(batch, height, width, 1)``, above 0, with mean 1 for each photo.
    """
    rows, columns = int(leaf.shape[1]), int(leaf.shape[2])
    weights = _resize(leaf, resampling(rows, height), resampling(columns, width)) + LEAST_WEIGHT
    return weights / ops.mean(weights, axis=(1, 2), keepdims=True)


@keras.saving.register_keras_serializable("transferleaf")
class LeafAveragePooling(keras.layers.Layer):
    """The average of a feature map over the leaf: masked average pooling.

    Source:
        Zhang, Wei, Yang and Huang (2018), SG-One, for masked average pooling.

    >>> maps = np.arange(4, dtype="float32").reshape(1, 2, 2, 1)
    >>> leaf = np.array([0, 0, 0, 1], "float32").reshape(1, 2, 2, 1)
    >>> round(float(LeafAveragePooling()([maps, leaf])[0, 0]), 1)
    2.9
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "dtype": "float32", "trainable": False})

    def call(self, inputs: Sequence[Any]) -> Any:
        """Pool ``[maps, leaf]``: ``(batch, height, width, channels)`` and a leaf map."""
        maps, leaf = inputs
        weights = position_weights(leaf, int(maps.shape[1]), int(maps.shape[2]))
        return ops.mean(ops.cast(maps, "float32") * weights, axis=(1, 2))

    def compute_output_shape(
        self, input_shape: Sequence[tuple[int | None, ...]]
    ) -> tuple[int | None, ...]:
        """Return ``(batch, channels)``."""
        return (input_shape[0][0], input_shape[0][-1])


def position_features(rows: int, columns: int) -> Floats:
    """Return features of each position: both coordinates, their squares and the radius.

    Returns:
        Shape ``(rows, columns, POSITION_FEATURES)``; coordinates in [-1, 1] from the centre.
    """
    y, x = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    return np.stack([x, y, x**2, y**2, np.hypot(x, y)], axis=-1).astype(np.float32)


def resampling(old: int, new: int) -> Floats:
    """Return the matrix that resizes a signal with a triangle filter, as Pillow's bilinear does.

    It is a constant, because export formats differ in their resize operators.

    Returns:
        Shape ``(new, old)``; rows sum to 1.

    >>> resampling(4, 2).astype(float).round(2).tolist()
    [[0.43, 0.43, 0.14, 0.0], [0.0, 0.14, 0.43, 0.43]]
    """
    scale = old / new
    support = max(scale, 1.0)
    centres = (np.arange(new) + 0.5) * scale
    distance = np.abs(np.arange(old) + 0.5 - centres[:, None]) / support
    weights = np.maximum(1 - distance, 0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def _resize(plane: Any, rows: Floats, columns: Floats) -> Any:
    """Resize ``(batch, height, width, 1)`` with two matrices of ``resampling``."""
    if rows.shape[0] == rows.shape[1] and columns.shape[0] == columns.shape[1]:
        return plane
    found = ops.matmul(rows, plane[..., 0])
    return ops.matmul(found, columns.T)[..., None]
