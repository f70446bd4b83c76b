from __future__ import annotations

from dataclasses import replace

import pytest

from transferleaf.errors import ConfigError
from transferleaf.freezing import (
    BatchNormStatistics,
    FreezePlan,
    FreezePolicy,
    HeadStart,
    Method,
)


def test_a_frozen_base_is_one_phase_that_solves_the_head(layers):
    plan = FreezePolicy.freeze_base().plan(layers, classes=5)

    assert [(phase.name, phase.method) for phase in plan.phases] == [("head", Method.SOLVE)]
    assert plan.phases[0].trainable == ()


def test_fine_tuning_follows_the_solved_head(layers):
    plan = FreezePolicy.train_last(stages=1).plan(layers, classes=5, epochs=3)

    assert [(phase.method, phase.epochs) for phase in plan.phases] == [
        (Method.SOLVE, 0),
        (Method.GRADIENT, 3),
    ]


def test_a_random_head_start_leaves_out_the_solving(layers):
    policy = FreezePolicy.freeze_base(head_start=HeadStart.RANDOM)

    plan = policy.plan(layers, classes=5)

    assert [(phase.name, phase.method) for phase in plan.phases] == [
        ("head by gradient", Method.GRADIENT)
    ]


def test_a_users_optimizer_trains_the_head_after_it_was_solved(layers):
    plan = FreezePolicy.freeze_base().plan(layers, classes=5, optimizer="user")

    assert [phase.method for phase in plan.phases] == [Method.SOLVE, Method.GRADIENT]
    assert plan.phases[1].learning_rate is None


@pytest.mark.parametrize(
    ("policy", "trained"),
    [
        (FreezePolicy.train_last(stages=1), ("high_conv",)),
        (FreezePolicy.train_last(stages=2), ("mid_conv", "high_conv")),
        (FreezePolicy.train_last(stages=0.5), ("mid_conv", "high_conv")),
        (FreezePolicy.train_all(), ("low_conv", "mid_conv", "high_conv")),
        (
            FreezePolicy.train_last(stages=1, batch_norm=BatchNormStatistics.FROM_LEAVES),
            ("high_conv", "high_bn"),
        ),
    ],
)
def test_stages_train_from_the_head_down_and_batch_norm_as_the_policy_says(layers, policy, trained):
    plan = policy.plan(layers, classes=5)

    assert plan.phases[-1].trainable == trained


@pytest.mark.parametrize(
    ("policy", "notes"),
    [
        (FreezePolicy.train_last(stages=1), ["frozen", "frozen", "frozen"]),
        (
            FreezePolicy.train_last(stages=1, batch_norm=BatchNormStatistics.FROM_LEAVES),
            ["frozen", "frozen", "trained"],
        ),
    ],
)
def test_the_plan_contains_the_handling_of_batch_norm(layers, policy, notes):
    plan = policy.plan(layers, classes=5)

    assert [stage.batch_norm for stage in plan.phases[-1].stages] == notes


def test_rates_fall_from_the_head_to_the_pixels(layers):
    plan = FreezePolicy.train_all(stage_decay=0.5).plan(layers, classes=5)

    assert plan.phases[-1].rates == {"low_conv": 0.25, "mid_conv": 0.5, "high_conv": 1.0}


@pytest.mark.parametrize(
    ("head", "stages", "parameters"),
    [
        ("all", ("low", "mid", "high"), (4 + 8 + 8 * 9 // 2 + 16 + 1) * 5),
        ("last", ("high",), (16 + 1) * 5),
        (("high", "low"), ("low", "high"), (16 + 4 + 1) * 5),
    ],
)
def test_the_head_is_as_wide_as_the_stages_that_feed_it(layers, head, stages, parameters):
    plan = FreezePolicy.freeze_base(head_stages=head).plan(layers, classes=5)

    assert (plan.head_stages, plan.head_parameters) == (stages, parameters)


def test_parameters_are_counted(layers):
    plan = FreezePolicy.train_last(stages=1).plan(layers, classes=5)

    assert plan.parameters == 100 + 200 + 300 + 3 * 10 + (28 + 36 + 1) * 5
    assert plan.trainable_parameters(plan.phases[0]) == (28 + 36 + 1) * 5
    assert plan.trainable_parameters(plan.phases[1]) == 300 + (28 + 36 + 1) * 5


def test_work_is_three_passes_through_what_is_trained_and_none_through_what_is_stored(layers):
    plan = FreezePolicy.train_last(stages=1).plan(layers, classes=5)

    assert plan.phases[1].passes == pytest.approx(3 * 1000 / 3000)


SMALLER = FreezePolicy.train_all(initial_image_scale=0.7, epochs=5)


@pytest.mark.parametrize(("size", "smaller"), [(160, 112), (224, 160), (128, 96), (112, 96)])
def test_the_first_epochs_use_smaller_photos(layers, size, smaller):
    layers = replace(layers, image_size=size, resizable=True)

    phase = SMALLER.plan(layers, classes=5).phases[-1]

    assert (phase.initial_image_size, phase.initial_epochs) == (smaller, 3)
    assert phase.passes == pytest.approx(3 * (3 * (smaller / size) ** 2 + 2) / 5)


@pytest.mark.parametrize(
    ("policy", "size", "resizable"),
    [
        (replace(SMALLER, initial_image_scale=1.0), 160, True),
        (replace(SMALLER, initial_image_scale=0.98), 160, True),
        (replace(SMALLER, trainable_stages=2), 160, True),
        (replace(SMALLER, epochs=1), 160, True),
        (SMALLER, 96, True),
        (SMALLER, 160, False),
    ],
    ids=["no scale", "nearly 1", "a frozen stage", "one epoch", "small photos", "a transformer"],
)
def test_all_epochs_use_the_full_size(layers, policy, size, resizable):
    layers = replace(layers, image_size=size, resizable=resizable)

    phase = policy.plan(layers, classes=5).phases[-1]

    assert (phase.initial_image_size, phase.initial_epochs) == (None, 0)


def test_a_plan_with_smaller_photos_shows_their_size_and_survives_json(layers):
    plan = SMALLER.plan(replace(layers, image_size=160, resizable=True), classes=5)

    assert FreezePlan.from_json(plan.to_json()) == plan
    assert "5 epochs (3 at 112 px)" in str(plan)


def test_by_default_epochs_come_from_the_policy(layers):
    plan = FreezePolicy.train_all(epochs=7).plan(layers, classes=5)

    assert plan.phases[-1].epochs == 7


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (
            FreezePolicy.train_last(stages=4),
            "trainable_stages=4 must be at most 3, the stages of 'toy'.",
        ),
        (
            FreezePolicy.freeze_base(head_stages=("top",)),
            "head_stages=('top',) must name stages of 'toy': ['low', 'mid', 'high'].",
        ),
    ],
)
def test_a_policy_that_does_not_fit_the_backbone_says_so(layers, policy, message):
    with pytest.raises(ConfigError) as caught:
        policy.plan(layers, classes=5)

    assert str(caught.value) == message


def test_epochs_below_zero_are_refused(layers):
    with pytest.raises(ConfigError) as caught:
        FreezePolicy.train_all().plan(layers, classes=5, epochs=-1)

    assert str(caught.value) == "epochs=-1 must be a whole number of at least 0."


@pytest.mark.parametrize("quadrant", ["II", "III", "IV"])
def test_json_restores_an_equal_plan(layers, quadrant):
    plan = FreezePolicy.for_quadrant(quadrant).plan(layers, classes=5)

    assert FreezePlan.from_json(plan.to_json()) == plan


def test_the_printed_plan_shows_what_trains_and_at_which_rate(layers):
    policy = FreezePolicy.train_last(stages=2, learning_rate=1e-3, stage_decay=0.5, epochs=3)

    lines = str(policy.plan(layers, classes=5)).splitlines()

    assert lines[0].strip() == "train the last 2 stages: toy, 5 classes"
    cells = {line.split("│")[1].strip(): line for line in lines if "│" in line}
    assert "frozen" in cells["low"]
    assert "trains at 0.0005, batch norm frozen" in cells["mid"]
    assert "trains at 0.001, batch norm frozen" in cells["high"]
    assert "solved to convergence" in cells["head"]
    assert "325 of 955 (34.0%)" in cells["trains"]
    assert "3 epochs of about 2.0 passes" in cells["work"]


def test_stages_that_the_head_never_sees_are_not_trained(layers):
    with pytest.raises(ConfigError) as caught:
        FreezePolicy.train_last(stages=1, head_stages=("low", "mid")).plan(layers, classes=5)

    assert str(caught.value) == (
        "head_stages=('low', 'mid') must include a stage from 'high' on: what the policy trains "
        "must reach the head."
    )
