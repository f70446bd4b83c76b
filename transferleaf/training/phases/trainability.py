"""Which weights train: the only place that sets ``trainable``, and the check that it worked."""

from __future__ import annotations

from collections.abc import Container

import keras

from transferleaf.backbones.backbone import Backbone, weighted_layers
from transferleaf.errors import PlanMismatchError
from transferleaf.freezing import FreezePolicy, Phase


def apply_trainability(backbone: keras.Model, trainable: Container[str]) -> None:
    """Let exactly the layers at the paths in ``trainable`` train; the caller compiles afterwards.

    Args:
        backbone: The network whose layers are set, each by itself.
        trainable: Paths of innermost layers, as ``Backbone.describe()`` gives them.
    """
    # A frozen parent reports no trainable weights whatever its children say, so parents stay
    # trainable; and setting a parent sets its children, so the innermost layers come last.
    backbone.trainable = True
    for path, layer in weighted_layers(backbone):
        layer.trainable = path in trainable


def freeze_as_planned(backbone: Backbone, policy: FreezePolicy) -> None:
    """Let those layers train that ``policy`` trains at last; all where it is not decided yet.

    So ``summary()`` of a new classifier, and steps of a user's own, tell what will train.

    Raises:
        ConfigError: The policy does not fit the backbone.
    """
    if not policy.undecided:
        plan = policy.plan(backbone.describe(), classes=2)  # layers do not depend on the classes
        apply_trainability(backbone.model, plan.phases[-1].trainable)


def check_trainability(phase: Phase, model: keras.Model, backbone: keras.Model) -> None:
    """Compare the weights that would train with those that ``phase`` names.

    Args:
        phase: What is planned.
        model: The compiled classifier.
        backbone: The part of it that the plan speaks of.

    Raises:
        PlanMismatchError: They differ; nothing has been trained.
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
