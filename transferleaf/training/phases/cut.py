"""The cut of the network in a phase: stored outputs before it, trained layers after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from transferleaf.backbones.backbone import Backbone
from transferleaf.features.leaf_map import pooling_inputs
from transferleaf.freezing import Phase
from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.layers import pooling_name, side_by_side
from transferleaf.training.phases.folding import fold_frozen_norms


def last_frozen_stage(phase: Phase) -> int | None:
    """Return the index of the last stage before the first trained one, or ``None``.

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
    classifier: keras.Model,
    backbone: Backbone,
    cut: int | None,
    groups: Sequence[FeatureGroup],
    *,
    any_size: bool = False,
) -> keras.Model:
    """Return the part of a classifier that runs in each epoch of a phase. It shares the layers.

    Frozen batch norms are folded, so the ``trainable`` flags must be set before.

    Args:
        classifier: The whole network.
        backbone: The backbone of the classifier.
        cut: Index of the last stage whose outputs are stored. ``None``: nothing is stored.
        groups: The feature groups of the head, from low to high level.
        any_size: Whether the photos may have any size. Only without a cut, and for a backbone whose
            layers are ``resizable``.

    Returns:
        A model from a dictionary of inputs to class probabilities, shape ``(batch, n_classes)``.
        Without a cut, the input is ``"photos"``: RGB in [0, 255], at the input size of the backbone
        unless ``any_size``. With a cut, the inputs are ``"stored_features"``, the features of
        frozen stages, shape ``(batch, n_features)``, if there are any; and ``"map"``, the feature
        map or the tokens at the cut, if a later stage is trained.
    """
    model = backbone.model
    inputs: dict[str, Any] = {}
    features = []
    first = 0 if cut is None else cut + 1
    late = [group for group in groups if group.stage >= first]
    found: dict[int, Any] = {}
    early = sum(group.width for group in groups if group.stage < first)
    if early:
        # The name "features" belongs to the layer that concatenates all features.
        inputs["stored_features"] = keras.Input((early,), name="stored_features", dtype="float32")
        features.append(inputs["stored_features"])
    if cut is None:
        shape = (None, None, 3) if any_size else model.input.shape[1:]
        inputs["photos"] = keras.Input(shape, name="photos", dtype="float32")
        whole = fold_frozen_norms(model, keras.Input(shape) if any_size else None)
        outputs = keras.tree.flatten(whole(classifier.get_layer("pixels")(inputs["photos"])))
        found = dict(enumerate(outputs))
    elif first < len(backbone.stages):
        end = backbone.cuts[cut]
        inputs["map"] = keras.Input(end.shape[1:], name="map", dtype="float32")
        positions = _later_outputs(backbone, first)
        behind = fold_frozen_norms(keras.Model(end, [model.outputs[each] for each in positions]))
        found = dict(zip(positions, keras.tree.flatten(behind(inputs["map"])), strict=True))
    for group, given in zip(late, pooling_inputs(late, found, backbone), strict=True):
        pool = classifier.get_layer(pooling_name(group, backbone.stage_names[group.stage]))
        features.append(pool(given))
    x = side_by_side(features)
    for name in ("standardize", "dropout", "probabilities"):
        x = classifier.get_layer(name)(x)
    tail = keras.Model(inputs, x, name="tail")
    # The dtype policy determines whether Keras scales the loss.
    tail.dtype_policy = classifier.dtype_policy
    return tail


def _later_outputs(backbone: Backbone, first: int) -> list[int]:
    """Return the positions of the outputs of all stages from ``first`` on."""
    later = range(first, len(backbone.stages))
    with_tokens = [place for place in later if backbone.stages[place].token_layer is not None]
    return [*later, *(backbone.output_position(place, tokens=True) for place in with_tokens)]
