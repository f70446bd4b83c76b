from __future__ import annotations

import pytest

from transferleaf.errors import PlanMismatchError
from transferleaf.freezing import BatchNormStatistics, FreezePolicy
from transferleaf.training.phases.trainability import apply_trainability, check_trainability


def trainable_layers(classifier) -> set[str]:
    return {weight.path.split("/")[0] for weight in classifier.trainable_weights}


@pytest.mark.parametrize(
    ("policy", "layers"),
    [
        (FreezePolicy.freeze_base(), set()),
        (FreezePolicy.train_last(stages=1), {"high_conv"}),
        (FreezePolicy.train_all(), {"low_conv", "mid_conv", "high_conv"}),
        (
            FreezePolicy.train_last(stages=1, batch_norm=BatchNormStatistics.FROM_LEAVES),
            {"high_conv", "high_bn"},
        ),
    ],
)
def test_exactly_the_planned_layers_and_the_head_train(tiny_classifier, policy, layers):
    classifier = tiny_classifier(policy)
    phase = policy.plan(classifier.backbone.describe(), classes=3).phases[-1]

    apply_trainability(classifier.backbone.model, phase.trainable)

    assert trainable_layers(classifier) == layers | {"probabilities"}


def test_freezing_after_training_everything_freezes_again(tiny_classifier):
    classifier = tiny_classifier(FreezePolicy.train_all())
    apply_trainability(classifier.backbone.model, {"low_conv", "low_bn", "mid_conv"})

    apply_trainability(classifier.backbone.model, {"high_conv"})

    assert trainable_layers(classifier) == {"high_conv", "probabilities"}


def test_a_layer_that_trains_against_the_plan_is_named(tiny_classifier):
    policy = FreezePolicy.train_last(stages=1)
    classifier = tiny_classifier(policy)
    phase = policy.plan(classifier.backbone.describe(), classes=3).phases[-1]
    apply_trainability(classifier.backbone.model, {"low_conv"})

    with pytest.raises(PlanMismatchError) as caught:
        check_trainability(phase, classifier, classifier.backbone.model)

    assert str(caught.value) == (
        "phase 'fine-tune' would train weights that are not in its plan ['low_conv'] or not "
        "train weights in its plan ['high_conv']; nothing was trained."
    )
