"""The features of the head: averages of stages, covariances of early stages, and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from transferleaf.errors import ConfigError
from transferleaf.freezing.layers import BackboneLayers
from transferleaf.freezing.policy import FreezePolicy

FeatureKind = Literal["average", "second-order", "tokens"]
Region = Literal["photo", "leaf"]

# Maximum number of second-order features of all stages together. docs/second-order.md has the
# measurements for these three numbers.
MAX_SECOND_ORDER_FEATURES = 3_500

# The leaf map reads stages from this stride on. Finer stages only contain edges and colours.
LEAF_MAP_STRIDE = 8

# Covariances describe texture. Finer maps only contain edges, coarser ones have too few positions.
FINEST_STRIDE, COARSEST_STRIDE = 4, 16


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """Features of one kind from one stage, with a common weight in the head's scaling.

    Attributes:
        stage: Index of the stage.
        kind: ``"average"`` for the mean of each channel over all positions; ``"second-order"`` for
            the square root of the covariance of the channels over all positions; ``"tokens"`` for
            the class and register tokens of a transformer.
        channels: Number of channels of the stage. For second-order features: after the projection.
            For tokens: of all tokens together.
        region: ``"photo"``: over all positions. ``"leaf"``: weighted by the leaf map.

    >>> FeatureGroup(3, "second-order", 40).width
    820
    """

    stage: int
    kind: FeatureKind
    channels: int
    region: Region = "photo"

    @property
    def width(self) -> int:
        """Number of features: one per channel, or one per pair of channels."""
        if self.kind == "second-order":
            return self.channels * (self.channels + 1) // 2
        return self.channels


def feature_groups(policy: FreezePolicy, layers: BackboneLayers) -> tuple[FeatureGroup, ...]:
    """Return the feature groups of the head, from low to high stages.

    Args:
        policy: The policy, with the stages and the kind of pooling.
        layers: The layers of the backbone.

    Raises:
        ConfigError: The policy names a stage that the backbone does not have.
    """
    pooled = second_order_channels(layers) if policy.head_pooling == "second-order" else {}
    region = policy.head_region
    groups = []
    for stage in head_stage_positions(policy, layers):
        groups.append(FeatureGroup(stage, "average", layers.widths[stage], region))
        if stage in pooled:
            groups.append(FeatureGroup(stage, "second-order", pooled[stage], region))
        if any(layers.tokens[stage : stage + 1]):
            groups.append(
                FeatureGroup(stage, "tokens", layers.tokens[stage] * layers.widths[stage])
            )
    return tuple(groups)


def average_groups(layers: BackboneLayers) -> tuple[FeatureGroup, ...]:
    """Return the averages of every stage."""
    return tuple(FeatureGroup(stage, "average", n) for stage, n in enumerate(layers.widths))


def with_averages(
    groups: Sequence[FeatureGroup], layers: BackboneLayers
) -> tuple[FeatureGroup, ...]:
    """Return the groups to store for a head: its own, and the averages for other heads."""
    return tuple(dict.fromkeys([*average_groups(layers), *groups]))


def default_groups(layers: BackboneLayers) -> tuple[FeatureGroup, ...]:
    """Return the default feature groups: every stage, with second-order pooling."""
    return feature_groups(FreezePolicy.freeze_base(), layers)


def second_order_channels(layers: BackboneLayers) -> dict[int, int]:
    """Return the stages that are pooled by covariance, and their numbers of channels.

    The rule is the same for all backbones: all stages except the first and the last whose maps have
    a quarter to a sixteenth of the photo's side. Each keeps all its channels, or as many as give at
    most ``MAX_SECOND_ORDER_FEATURES`` features of all stages together.

    Args:
        layers: The layers of the backbone.

    Returns:
        A dictionary from the index of the stage to the number of channels.
    """
    stages = [
        stage
        for stage, stride in enumerate(layers.strides)
        if 0 < stage < len(layers.stages) - 1 and FINEST_STRIDE <= stride <= COARSEST_STRIDE
    ]
    widths = [layers.widths[stage] for stage in stages]
    return dict(zip(stages, _capped(widths, MAX_SECOND_ORDER_FEATURES), strict=True))


def leaf_map_stages(layers: BackboneLayers) -> tuple[int, ...]:
    """Return the indices of the stages that the leaf map reads.

    All stages from ``LEAF_MAP_STRIDE`` on, except the last, whose channels are for classes. If the
    backbone has no such stages, all of them.
    """
    stages = [place for place, stride in enumerate(layers.strides) if stride >= LEAF_MAP_STRIDE]
    return tuple(stages[:-1]) or tuple(range(len(layers.stages)))


def head_stage_positions(policy: FreezePolicy, layers: BackboneLayers) -> tuple[int, ...]:
    """Return the indices of the stages that feed the head, from low to high.

    Raises:
        ConfigError: The policy names a stage that the backbone does not have.
    """
    if policy.head_stages == "all":
        return tuple(range(len(layers.stages)))
    if policy.head_stages == "last":
        return (len(layers.stages) - 1,)
    unknown = [name for name in policy.head_stages if name not in layers.stages]
    if unknown:
        must = f"name stages of {layers.name!r}: {list(layers.stages)}"
        raise ConfigError("head_stages", policy.head_stages, must)
    return tuple(sorted(layers.stages.index(name) for name in policy.head_stages))


def _capped(widths: Sequence[int], limit: int) -> list[int]:
    """Limit all widths to the same maximum, so that they have at most ``limit`` pairs in total.

    >>> _capped([16, 24, 40, 80], 4_500), _capped([256, 512, 1024], 5_000)
    ([16, 24, 40, 80], [57, 57, 57])
    """
    cap = max(widths, default=0)
    while sum(FeatureGroup(0, "second-order", min(w, cap)).width for w in widths) > limit:
        cap -= 1
    return [min(width, cap) for width in widths]
