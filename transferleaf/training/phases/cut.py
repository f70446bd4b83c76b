"""Where a phase cuts the network: stored outputs before it, and behind it what trains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from transferleaf.backbones.backbone import Backbone
from transferleaf.freezing import Phase
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.layers import pooling_name, side_by_side
from transferleaf.training.phases.folding import fold_frozen_norms


def last_frozen_stage(phase: Phase) -> int | None:
    """Position of the last stage before the first one that trains; ``None`` if that is the first.

    >>> from transferleaf.freezing import Method, StagePlan
    >>> stages = (StagePlan(name="low", parameters=8),
    ...           StagePlan(name="high", parameters=8, trainable=("conv",)))
    >>> last_frozen_stage(Phase(name="tune", method=Method.GRADIENT, epochs=1, stages=stages))
    0
    """
    trained = [position for position, stage in enumerate(phase.stages) if stage.trainable]
    first = trained[0] if trained else len(phase.stages)
    return first - 1 if first else None


def tail_network(
    classifier: keras.Model, backbone: Backbone, cut: int | None, groups: Sequence[FeatureGroup]
) -> keras.Model:
    """The part of a classifier that a phase runs in each epoch; layers are shared.

    Frozen batch normalisations are folded, so the ``trainable`` flags must be set before.

    Args:
        classifier: The whole network.
        backbone: Its backbone.
        cut: Position of the last stage whose outputs are stored; ``None``: nothing is stored.
        groups: What feeds the head, from low to high level.

    Returns:
        A model to class probabilities, shape ``(batch, n_classes)``, from a dict of inputs.
        Without a cut ``"photos"``: RGB in [0, 255] at the backbone's size. Else, where there are
        any, ``"stored_features"``: what the head sees of frozen stages, ``(batch, n_features)``;
        and ``"map"``, the feature map or the tokens at the cut, where something trains behind it.
    """
    model = backbone.model
    inputs: dict[str, Any] = {}
    features = []
    first = 0 if cut is None else cut + 1
    early = sum(group.width for group in groups if group.stage < first)
    if early:
        # Not "features": that is the layer that puts these beside the others.
        inputs["stored_features"] = keras.Input((early,), name="stored_features", dtype="float32")
        features.append(inputs["stored_features"])
    if cut is None:
        inputs["photos"] = keras.Input(model.input.shape[1:], name="photos", dtype="float32")
        whole = fold_frozen_norms(model)
        maps = keras.tree.flatten(whole(classifier.get_layer("pixels")(inputs["photos"])))
    elif first < len(model.outputs):
        end = backbone.cuts[cut]
        inputs["map"] = keras.Input(end.shape[1:], name="map", dtype="float32")
        behind = fold_frozen_norms(keras.Model(end, model.outputs[first:]))
        maps = keras.tree.flatten(behind(inputs["map"]))
    for group in groups:
        if group.stage >= first:
            pool = classifier.get_layer(pooling_name(group, backbone.stage_names[group.stage]))
            features.append(pool(maps[group.stage - first]))
    x = side_by_side(features)
    for name in ("standardize", "dropout", "probabilities"):
        x = classifier.get_layer(name)(x)
    tail = keras.Model(inputs, x, name="tail")
    # Whether Keras scales the loss depends on it.
    tail.dtype_policy = classifier.dtype_policy
    return tail
