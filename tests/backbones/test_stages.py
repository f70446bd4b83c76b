"""A stage ends at a layer whose output alone determines all later outputs."""

from __future__ import annotations

import keras
import pytest

from tests.backbones.tiny import TINY_STAGES, tiny_network
from transferleaf.backbones.spec import Stage
from transferleaf.backbones.stages import stage_outputs, stages_of_layers
from transferleaf.errors import BackboneStructureError


def _stages(*last_layers: str) -> list[Stage]:
    return [Stage(name=f"s{i}", last_layer=last) for i, last in enumerate(last_layers)]


def test_a_layer_belongs_to_the_first_stage_that_depends_on_it():
    assert stages_of_layers(tiny_network(), TINY_STAGES) == {
        "pixels": 0,
        "low_conv": 0,
        "low_bn": 0,
        "low_relu": 0,
        "high_conv": 1,
        "high_add": 1,
    }


def test_one_stage_can_contain_the_whole_network():
    members = stages_of_layers(tiny_network(), _stages("high_add"))

    assert set(members.values()) == {0}


@pytest.mark.parametrize(
    ("last_layers", "reason"),
    [
        (("low_relu", "elsewhere", "high_add"), "it has no layer 'elsewhere'"),
        (("high_add", "low_relu"), "stage 's1' ends before the stage that precedes it"),
        (
            ("high_conv", "high_add"),  # the shortcut of the block bypasses its convolution
            "layer 'high_add' takes the output of 'low_relu' from inside stage 's0', so the "
            "network cannot be cut at the end of that stage",
        ),
        (
            ("low_bn", "low_relu"),
            "the layers ['high_conv', 'high_add'] come after its last stage 's1'",
        ),
    ],
)
def test_an_invalid_end_of_a_stage_is_refused(last_layers: tuple[str, ...], reason: str):
    with pytest.raises(BackboneStructureError) as caught:
        stages_of_layers(tiny_network(), _stages(*last_layers))

    assert str(caught.value) == f"the network 'tiny' cannot be used as a backbone: {reason}"


def test_a_model_without_a_graph_is_refused():
    class Subclassed(keras.Model):
        pass

    with pytest.raises(BackboneStructureError) as caught:
        stages_of_layers(Subclassed(name="mine"), TINY_STAGES)

    assert str(caught.value) == (
        "the network 'mine' cannot be used as a backbone: it is not a functional model, so its "
        "layers have no known order; a Sequential becomes one by "
        "keras.Model(model.inputs, model.outputs)"
    )


def test_a_stage_may_end_in_a_bare_operation():
    pixels = keras.Input((8, 8, 3))
    total = keras.layers.ReLU(name="relu")(pixels) + keras.layers.Conv2D(3, 1, name="conv")(pixels)
    model = keras.Model(pixels, total)
    stages = _stages(total._keras_history.operation.name)

    [output] = stage_outputs(model, stages)

    assert output is total


def test_calls_of_a_layer_in_other_networks_do_not_count():
    model = tiny_network()
    model.get_layer("low_conv")(keras.Input((8, 8, 3)))

    members = stages_of_layers(model, TINY_STAGES)

    assert members["low_conv"] == 0
