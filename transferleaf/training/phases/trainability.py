"""The only module that sets ``trainable``, and a check of the result."""

from __future__ import annotations

from collections.abc import Container

import keras

from transferleaf.backbones.backbone import Backbone, weighted_layers
from transferleaf.errors import PlanMismatchError
from transferleaf.freezing import FreezePolicy, Phase


def apply_trainability(backbone: keras.Model, trainable: Container[str]) -> None:
    """Make exactly the layers at the paths in ``trainable`` trainable. Compile afterwards.

    Args:
        backbone: The network. Each layer is set separately.
        trainable: Paths of innermost layers, as in ``Backbone.describe()``.
    """
    # The weights of a frozen parent never train, so parents stay trainable. Setting a parent sets
    # its children, so the innermost layers come last.
    backbone.trainable = True
    for path, layer in weighted_layers(backbone):
        layer.trainable = path in trainable


def freeze_as_planned(backbone: Backbone, policy: FreezePolicy) -> None:
    """Set the layers that ``policy`` trains in its last phase as trainable; all if it is undecided.

    So ``summary()`` of a new classifier and custom training steps are correct.

    Raises:
        ConfigError: The policy does not fit the backbone.
    """
    if not policy.undecided:
        plan = policy.plan(backbone.describe(), classes=2)  # layers do not depend on the classes
        apply_trainability(backbone.model, plan.phases[-1].trainable)


def check_trainability(phase: Phase, model: keras.Model, backbone: keras.Model) -> None:
    """Compare the weights that would train with those of ``phase``.

    Args:
        phase: The planned phase.
        model: The compiled classifier.
        backbone: The backbone that the plan describes.

    Raises:
        PlanMismatchError: They differ. Nothing was trained.
    """
    actual = {id(weight) for weight in model.trainable_weights}
    planned, frozen = set(phase.trainable), []
    missing = []
    for path, layer in weighted_layers(backbone):
        trains = any(id(weight) in actual for weight in layer.weights)
        if path in planned and not trains:
            missing.append(path)
        if path not in planned and trains:
            frozen.append(path)
    if frozen or missing:
        raise PlanMismatchError(phase.name, unplanned=frozen, missing=missing)
