"""Layer names do not depend on networks that were built before."""

from __future__ import annotations

import keras

from transferleaf.backbones.names import child_names, number_anew


def _unnamed() -> keras.Model:
    layers = keras.layers
    pixels = keras.Input((4, 4, 3))
    features = layers.ReLU()(layers.Conv2D(3, 1, name="mine_7")(pixels))
    return keras.Model(pixels, layers.ReLU()(features) + pixels)


def test_automatic_names_count_from_the_networks_own_start():
    _unnamed()

    model = number_anew(_unnamed())

    assert [operation.name for operation in model.operations] == [
        "input_layer",
        "mine_7",
        "re_lu",
        "re_lu_1",
        "add",
    ]


def test_renumbered_names_are_saved():
    model = number_anew(_unnamed())

    copy = keras.Model.from_config(model.get_config())

    assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]


def test_children_are_named_by_class_and_position():
    layers = keras.layers

    names = child_names([layers.Conv2D(1, 1, name="x"), layers.ReLU(), layers.Conv2D(1, 1)])

    assert names == ["conv2d", "relu", "conv2d_1"]
