from __future__ import annotations

import pytest

from transferleaf.freezing import BackboneLayers, FreezePolicy
from transferleaf.freezing.feature_groups import (
    MAX_SECOND_ORDER_FEATURES,
    FeatureGroup,
    default_groups,
    feature_groups,
    second_order_channels,
)


def network(*stages: tuple[int, int]) -> BackboneLayers:
    """Return a backbone with stages of these widths and strides."""
    widths, strides = zip(*stages, strict=True)
    names = tuple(f"stage{number}" for number in range(len(stages)))
    return BackboneLayers(name="made", stages=names, widths=widths, strides=strides, layers=())


LITE0 = network(
    (32, 2), (16, 2), (24, 4), (40, 8), (80, 16), (112, 16), (192, 32), (320, 32), (1280, 32)
)
RESNET50 = network((64, 4), (256, 4), (512, 8), (1024, 16), (2048, 32))


def test_covariances_come_from_stages_with_maps_of_a_quarter_to_a_sixteenth_of_the_side():
    assert tuple(second_order_channels(LITE0)) == (2, 3, 4, 5)
    assert tuple(second_order_channels(RESNET50)) == (1, 2, 3)


def test_wide_stages_keep_fewer_channels_so_that_all_pairs_are_within_the_bound():
    kept = second_order_channels(LITE0)

    assert kept == {2: 24, 3: 40, 4: 48, 5: 48}
    pairs = sum(n * (n + 1) // 2 for n in second_order_channels(RESNET50).values())
    assert 0.95 * MAX_SECOND_ORDER_FEATURES < pairs <= MAX_SECOND_ORDER_FEATURES


def test_a_network_of_one_stage_has_averages_only():
    assert default_groups(network((64, 4))) == (FeatureGroup(0, "average", 64),)


def test_groups_follow_the_network_from_low_to_high_level():
    groups = default_groups(network((8, 2), (4, 4), (16, 32)))

    assert groups == (
        FeatureGroup(0, "average", 8),
        FeatureGroup(1, "average", 4),
        FeatureGroup(1, "second-order", 4),
        FeatureGroup(2, "average", 16),
    )
    assert [group.width for group in groups] == [8, 4, 10, 16]


def test_average_pooling_leaves_covariances_out():
    policy = FreezePolicy.freeze_base(head_pooling="average")

    assert {group.kind for group in feature_groups(policy, RESNET50)} == {"average"}


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ("last", [(4, "average")]),
        (("stage2", "stage4"), [(2, "average"), (2, "second-order"), (4, "average")]),
    ],
)
def test_covariances_are_those_of_the_heads_own_stages(stages, expected):
    policy = FreezePolicy.freeze_base(head_stages=stages)

    found = [(group.stage, group.kind) for group in feature_groups(policy, RESNET50)]

    assert found == expected


def test_the_plan_counts_what_the_head_sees():
    layers = network((8, 2), (4, 4), (16, 32))

    plan = FreezePolicy.freeze_base().plan(layers, classes=3)

    assert plan.head_parameters == (8 + 4 + 10 + 16 + 1) * 3
    assert plan.second_order_stages == ("stage1",)
    assert type(plan).from_json(plan.to_json()) == plan
