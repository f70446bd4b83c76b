from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from transferleaf.errors import ConfigError
from transferleaf.freezing import (
    QUADRANT_POLICIES,
    BatchNormStatistics,
    FreezePolicy,
    HeadStart,
)
from transferleaf.quadrant import Quadrant


@pytest.mark.parametrize("quadrant", list(Quadrant))
def test_every_quadrant_has_a_policy_that_knows_its_quadrant(quadrant):
    assert QUADRANT_POLICIES[quadrant].quadrant is quadrant
    assert FreezePolicy.for_quadrant(quadrant.value) == QUADRANT_POLICIES[quadrant]


def test_quadrant_four_freezes_the_whole_base():
    assert FreezePolicy.for_quadrant("IV").trainable_stages == 0


def test_quadrant_two_trains_everything():
    assert FreezePolicy.for_quadrant("II").trainable_stages == "all"


def test_quadrant_one_trains_the_late_stages():
    assert FreezePolicy.for_quadrant("I").trainable_stages == 0.4


def test_quadrant_three_trains_two_stages():
    assert FreezePolicy.for_quadrant("III").trainable_stages == 2


@pytest.mark.parametrize("quadrant", ["I", "II", "III"])
def test_gradient_training_starts_from_the_solved_head(quadrant):
    policy = FreezePolicy.for_quadrant(quadrant)

    assert policy.head_start is HeadStart.SOLVED
    assert (policy.label_smoothing, policy.dropout, policy.patience) == (0.0, 0.0, None)
    assert policy.batch_norm is BatchNormStatistics.PRETRAINED


def test_size_and_similarity_lead_to_the_quadrant():
    policy = FreezePolicy.for_data(size="small", similarity="low")

    assert policy == FreezePolicy.for_quadrant("III")


def test_a_factory_takes_changes_of_fields():
    policy = FreezePolicy.for_quadrant("I", epochs=2)

    assert policy == dataclasses.replace(FreezePolicy.for_quadrant("I"), epochs=2)


@pytest.mark.parametrize(
    ("policy", "stages"),
    [
        (FreezePolicy.freeze_base(), 0),
        (FreezePolicy.train_last(stages=2), 2),
        (FreezePolicy.train_all(), "all"),
    ],
)
def test_factories_name_the_trainable_stages(policy, stages):
    assert policy.trainable_stages == stages


def test_batch_norm_keeps_the_pretrained_statistics_by_default():
    assert FreezePolicy.train_all().batch_norm is BatchNormStatistics.PRETRAINED


def test_the_head_sees_every_stage_and_is_solved_by_default():
    policy = FreezePolicy.freeze_base()

    assert (policy.head_stages, policy.head_start) == ("all", HeadStart.SOLVED)


@pytest.mark.parametrize(
    ("field", "value", "must"),
    [
        (
            "trainable_stages",
            -1,
            'be a number of stages, a share of them in (0, 1), "all" or "auto"',
        ),
        (
            "trainable_stages",
            "most",
            'be a number of stages, a share of them in (0, 1), "all" or "auto"',
        ),
        (
            "trainable_stages",
            1.0,
            'be a number of stages, a share of them in (0, 1), "all" or "auto"',
        ),
        (
            "trainable_stages",
            True,
            'be a number of stages, a share of them in (0, 1), "all" or "auto"',
        ),
        ("head_stages", "first", 'be "all", "last" or a tuple of different stage names'),
        ("head_stages", (), 'be "all", "last" or a tuple of different stage names'),
        ("head_stages", ("a", "a"), 'be "all", "last" or a tuple of different stage names'),
        ("head_start", "solved", "be a HeadStart"),
        ("epochs", 0, "be a whole number of at least 1, or None"),
        ("learning_rate", 0.0, "be in (0, 1]"),
        ("learning_rate", 1.5, "be in (0, 1]"),
        ("head_rate", 0.0, "be above 0"),
        ("stage_decay", 0.0, "be in (0, 1]"),
        ("stage_decay", 1.1, "be in (0, 1]"),
        ("warmup_epochs", -1, "be in [0, 1000000)"),
        ("batch_norm", "pretrained", "be a BatchNormStatistics"),
        ("weight_decay", -0.1, "be in [0, 1]"),
        ("dropout", 1.0, "be in [0, 1)"),
        ("label_smoothing", 1.0, "be in [0, 1)"),
        ("patience", 0, "be a whole number of at least 1, or None"),
        ("quadrant", "IV", "be a Quadrant or None"),
        ("learning_rate", "fast", "be in (0, 1]"),
        ("dropout", None, "be in [0, 1)"),
    ],
)
def test_an_invalid_policy_is_refused(field, value, must):
    with pytest.raises(ConfigError) as caught:
        FreezePolicy(**{"trainable_stages": 0, field: value})

    assert str(caught.value) == f"{field}={value!r} must {must}."


@pytest.mark.parametrize(
    "policy",
    [
        *QUADRANT_POLICIES.values(),
        FreezePolicy.auto(epochs=2),
        FreezePolicy.train_last(stages=1, head_stages=("mid", "high"), patience=None),
        FreezePolicy.train_all(
            head_start=HeadStart.RANDOM, batch_norm=BatchNormStatistics.FROM_LEAVES
        ),
    ],
    ids=repr,
)
def test_json_restores_an_equal_policy(policy):
    assert FreezePolicy.from_json(policy.to_json()) == policy


def test_an_unknown_field_in_json_is_an_error():
    with pytest.raises(ConfigError, match=r"^policy='speed' must have only the fields \['batch"):
        FreezePolicy.from_dict({"trainable_stages": 0, "speed": 3})


def test_repr_shows_fields_that_differ_from_the_defaults():
    policy = FreezePolicy.train_last(stages=2, learning_rate=1e-5)

    assert repr(policy) == "FreezePolicy(trainable_stages=2, learning_rate=1e-05)"


def test_a_policy_cannot_be_changed():
    policy = FreezePolicy.freeze_base()

    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.epochs = 3


def test_an_undecided_policy_has_no_plan(layers):
    with pytest.raises(ConfigError) as caught:
        FreezePolicy.auto().plan(layers, classes=3)

    assert str(caught.value) == (
        "trainable_stages='auto' must be decided first: call fit, or use the policy of "
        "transferleaf.advise(data)."
    )


def test_what_an_undecided_policy_sets_wins_over_the_advice():
    undecided = FreezePolicy.auto(epochs=2, dropout=0.1)

    decided = undecided.decided(FreezePolicy.for_quadrant("I", epochs=9))

    assert decided == FreezePolicy.for_quadrant("I", epochs=2, dropout=0.1)


@pytest.mark.parametrize(("field", "default"), [("head_rate", 1.0), ("quadrant", None)])
def test_a_default_that_advice_would_replace_is_refused(field, default):
    with pytest.raises(ConfigError) as caught:
        FreezePolicy.auto(**{field: default})

    assert str(caught.value) == (
        f"{field}={default!r} must differ from its default, which nobody can tell from a field "
        "left open; take the policy of transferleaf.advise(data) and change it with "
        "dataclasses.replace."
    )


def test_a_default_that_advice_never_changes_may_be_set():
    assert FreezePolicy.auto(views=4) == FreezePolicy.auto()


def test_only_an_undecided_policy_is_undecided():
    assert FreezePolicy.auto().undecided
    assert not FreezePolicy.train_all().undecided


def test_numpy_numbers_are_accepted():
    given = FreezePolicy.train_last(stages=np.int64(1), epochs=np.int64(2), dropout=np.float32(0.5))

    assert given == FreezePolicy.train_last(stages=1, epochs=2, dropout=0.5)
    assert FreezePolicy.from_json(given.to_json()) == given
