"""Computation of a plan from a policy and the layers of a backbone."""

from __future__ import annotations

from math import ceil
from typing import Literal

from transferleaf.errors import ConfigError
from transferleaf.freezing.feature_groups import feature_groups, head_stage_positions
from transferleaf.freezing.layers import BackboneLayers, LayerInfo
from transferleaf.freezing.plan import FreezePlan, Method, Phase, StagePlan, small_epochs
from transferleaf.freezing.policy import BatchNormStatistics, FreezePolicy
from transferleaf.whole_numbers import whole_number

# A backward pass through a layer costs about two forward passes: one for the gradient of its input
# and one for the gradient of its weights.
_BACKWARD = 2.0

# Numbers of epochs for policies that count steps: enough for the schedule, and no more than are
# worth a validation. The middle one is for streams of unknown length.
_FEWEST_EPOCHS, _USUAL_EPOCHS, _MOST_EPOCHS = 5, 12, 30

# The size of smaller photos is a multiple of this, so that strided layers divide it evenly. Photos
# below the minimum show too little.
_SIZE_STEP, _SMALLEST_SIZE = 16, 96


def make_plan(
    policy: FreezePolicy,
    layers: BackboneLayers,
    *,
    classes: int,
    epochs: int | None,
    steps_per_epoch: int | None,
    optimizer: Literal["policy", "user"],
) -> FreezePlan:
    """Apply ``policy`` to the backbone that ``layers`` describes; see ``FreezePolicy.plan``."""
    if epochs is None:
        epochs = policy.epochs or _epochs_of(policy.steps, steps_per_epoch)
    epochs = whole_number("epochs", epochs, minimum=0)
    head_stages = head_stage_positions(policy, layers)
    trained = trained_stage_positions(policy, layers)
    _check_gradients_arrive(policy, layers, head_stages, trained)
    groups = feature_groups(policy, layers)
    phases = []
    if policy.first_method is Method.SOLVE:
        phases.append(_solving_phase(layers))
    if trained or optimizer == "user" or policy.first_method is Method.GRADIENT:
        phases.append(_gradient_phase(policy, layers, trained, epochs, optimizer))
    return FreezePlan(
        title=_title(policy),
        backbone=layers.name,
        classes=classes,
        head_stages=tuple(layers.stages[position] for position in head_stages),
        second_order_stages=tuple(
            layers.stages[group.stage] for group in groups if group.kind == "second-order"
        ),
        head_region=policy.head_region,
        head_parameters=(sum(group.width for group in groups) + 1) * classes * policy.head_domains,
        phases=tuple(phases),
    )


def trained_stage_positions(policy: FreezePolicy, layers: BackboneLayers) -> tuple[int, ...]:
    """Return the indices of the stages that the policy trains.

    Raises:
        ConfigError: The policy trains more stages than the backbone has, or is undecided.
    """
    total = len(layers.stages)
    wanted = policy.trainable_stages
    if wanted == "auto":
        must = "be decided first: call fit, or use the policy of transferleaf.advise(data)"
        raise ConfigError("trainable_stages", wanted, must)
    if wanted == "all":
        return tuple(range(total))
    count = ceil(wanted * total) if isinstance(wanted, float) else wanted
    if count > total:
        must = f"be at most {total}, the stages of {layers.name!r}"
        raise ConfigError("trainable_stages", count, must)
    return tuple(range(total - count, total))


def _check_gradients_arrive(
    policy: FreezePolicy,
    layers: BackboneLayers,
    head_stages: tuple[int, ...],
    trained: tuple[int, ...],
) -> None:
    """Refuse to train stages whose outputs do not reach the head."""
    blind = [layers.stages[position] for position in trained if position > head_stages[-1]]
    if blind:
        must = f"include a stage from {blind[-1]!r} on: what the policy trains must reach the head"
        raise ConfigError("head_stages", policy.head_stages, must)


def _solving_phase(layers: BackboneLayers) -> Phase:
    stages = tuple(_frozen(layers, position) for position in range(len(layers.stages)))
    return Phase(name="head", method=Method.SOLVE, epochs=0, stages=stages)


def _gradient_phase(
    policy: FreezePolicy,
    layers: BackboneLayers,
    trained: tuple[int, ...],
    epochs: int,
    optimizer: Literal["policy", "user"],
) -> Phase:
    stages = tuple(
        _trained(policy, layers, position) if position in trained else _frozen(layers, position)
        for position in range(len(layers.stages))
    )
    size = _initial_image_size(policy, layers, trained) if small_epochs(epochs) else None
    passes = _passes(layers, trained)
    if size is not None:
        small = small_epochs(epochs) / epochs
        passes *= small * (size / layers.image_size) ** 2 + 1 - small
    return Phase(
        name="fine-tune" if trained else "head by gradient",
        method=Method.GRADIENT,
        epochs=epochs,
        stages=stages,
        head_rate=policy.head_rate,
        learning_rate=policy.learning_rate if optimizer == "policy" else None,
        passes=passes,
        initial_image_size=size,
    )


def _initial_image_size(
    policy: FreezePolicy, layers: BackboneLayers, trained: tuple[int, ...]
) -> int | None:
    """Return the size of the photos in the first epochs, or ``None`` for the full size.

    The outputs of frozen stages are stored for one size, so all stages must train.
    """
    if not layers.resizable or len(trained) < len(layers.stages):
        return None
    steps = round(policy.initial_image_scale * layers.image_size / _SIZE_STEP)
    size = max(steps * _SIZE_STEP, _SMALLEST_SIZE)
    return size if size < layers.image_size and policy.initial_image_scale < 1 else None


def _frozen(layers: BackboneLayers, position: int) -> StagePlan:
    inside = layers.of_stages([position])
    return StagePlan(
        name=layers.stages[position],
        parameters=_parameters(inside),
        batch_norm="frozen" if any(layer.batch_norm for layer in inside) else "none",
    )


def _trained(policy: FreezePolicy, layers: BackboneLayers, position: int) -> StagePlan:
    inside = layers.of_stages([position])
    normalises = any(layer.batch_norm for layer in inside)
    keeps = policy.batch_norm is BatchNormStatistics.PRETRAINED
    # Layers such as Normalization have weights that are never trained.
    learns = [layer for layer in inside if layer.parameters]
    trainable = tuple(layer for layer in learns if not (layer.batch_norm and keeps))
    after = len(layers.stages) - 1 - position
    return StagePlan(
        name=layers.stages[position],
        parameters=_parameters(inside),
        trainable=tuple(layer.name for layer in trainable),
        trainable_parameters=_parameters(trainable),
        rate=policy.stage_decay**after,
        batch_norm=("frozen" if keeps else "trained") if normalises else "none",
    )


def _epochs_of(steps: int, steps_per_epoch: int | None) -> int:
    """Return the number of epochs for a number of steps.

    >>> [_epochs_of(600, steps_per_epoch) for steps_per_epoch in (1, 55, 408, None)]
    [30, 11, 5, 12]
    """
    if not steps_per_epoch:
        return _USUAL_EPOCHS
    return min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, ceil(steps / steps_per_epoch)))


def _passes(layers: BackboneLayers, trained: tuple[int, ...]) -> float:
    """Return the work per epoch and photo, if the outputs of frozen stages are stored."""
    whole = sum(layer.multiply_adds for layer in layers.layers)
    if not whole:
        return 1.0
    return (1.0 + _BACKWARD) * sum(x.multiply_adds for x in layers.of_stages(trained)) / whole


def _parameters(layers: tuple[LayerInfo, ...]) -> int:
    return sum(layer.parameters for layer in layers)


def _title(policy: FreezePolicy) -> str:
    if policy.quadrant is not None:
        cell = policy.quadrant
        return f"quadrant {cell.value} ({cell.size.value} data, {cell.similarity.value} similarity)"
    if policy.trainable_stages == "all":
        return "train everything"
    if policy.trainable_stages == 0:
        return "freeze the base"
    if isinstance(policy.trainable_stages, float):
        return f"train the last {policy.trainable_stages:.0%} of the stages"
    return f"train the last {policy.trainable_stages} stages"
