from __future__ import annotations

import pytest

from transferleaf.errors import FrozenWeightsMovedError
from transferleaf.freezing import FreezePolicy
from transferleaf.training.phases.trainability import apply_trainability
from transferleaf.training.proof import frozen_checksums, prove_frozen


@pytest.fixture
def last_stage(tiny_classifier):
    """A classifier whose last stage is trained without batch norm, and its phase."""
    policy = FreezePolicy.train_last(stages=1)
    classifier = tiny_classifier(policy)
    phase = policy.plan(classifier.backbone.describe(), classes=3).phases[-1]
    apply_trainability(classifier.backbone.model, phase.trainable)
    return classifier.backbone.model, phase


def test_all_frozen_weights_are_checked(last_stage):
    network, _ = last_stage

    watched = frozen_checksums(network)

    paths = {network.weights[int(position)].path for position in watched}
    assert paths == {weight.path for weight in network.weights} - {"high_conv/kernel"}


def test_unchanged_weights_are_verified(last_stage):
    network, phase = last_stage
    before = frozen_checksums(network)
    network.get_layer("high_conv").kernel.assign_add(network.get_layer("high_conv").kernel * 0.5)

    proof = prove_frozen(phase, network, before)

    assert (proof.phase, proof.frozen) == ("fine-tune", len(before))


@pytest.mark.parametrize(
    ("layer", "weight"),
    [("low_conv", "kernel"), ("low_bn", "moving_mean"), ("high_bn", "moving_variance")],
)
def test_a_frozen_weight_or_statistic_that_moved_is_named(last_stage, layer, weight):
    network, phase = last_stage
    before = frozen_checksums(network)
    variable = getattr(network.get_layer(layer), weight)
    variable.assign(variable + 1e-6)

    with pytest.raises(FrozenWeightsMovedError) as caught:
        prove_frozen(phase, network, before)

    assert str(caught.value) == (
        f"phase 'fine-tune' changed 1 weights that its plan froze: {layer}/{weight}. "
        "A callback or a custom layer writes to them; the plan does not describe this model."
    )


def test_the_statistics_of_a_batch_norm_that_trains_may_move(last_stage):
    network, phase = last_stage
    apply_trainability(network, {"high_conv", "high_bn"})
    before = frozen_checksums(network)
    network.get_layer("high_bn").moving_mean.assign_add([1.0] * 16)

    proof = prove_frozen(phase, network, before)

    assert proof.frozen == len(before)
