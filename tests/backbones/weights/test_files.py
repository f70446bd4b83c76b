"""A weights file fills the whole network, or the error describes the mismatch."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving import legacy_h5_format

from tests.backbones.tiny import tiny_network, tiny_spec
from transferleaf.backbones import Backbone, build_backbone, get_backbone
from transferleaf.errors import WeightsFileError, WeightsMismatchError


def _filled(model: Any) -> Any:
    """Return the same model with values that no initializer creates."""
    numbers = np.random.default_rng(0)
    model.set_weights([numbers.normal(size=weight.shape) for weight in model.weights])
    return model


def _assert_same_weights(backbone: Backbone, model: Any) -> None:
    for loaded, written in zip(backbone.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, written)


def _write_weights(model: Any, folder: Path) -> Path:
    path = folder / "tiny.weights.h5"
    model.save_weights(path)
    return path


def _write_old_weights(model: Any, folder: Path) -> Path:
    """Save weights like ``save_weights`` of older Keras, as in ``keras.applications``."""
    path = folder / "tiny.h5"
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    return path


def _write_old_model(model: Any, folder: Path) -> Path:
    path = folder / "whole.h5"
    keras.saving.save_model(model, path)
    return path


def _write_model(model: Any, folder: Path) -> Path:
    path = folder / "whole.keras"
    model.save(path)
    return path


_WRITERS = [_write_weights, _write_old_weights, _write_model]


@pytest.mark.parametrize("write", _WRITERS)
def test_a_file_of_the_same_network_fills_all_weights(tmp_path, write):
    model = _filled(tiny_network())

    backbone = build_backbone(tiny_spec(), weights=write(model, tmp_path))

    _assert_same_weights(backbone, model)


@pytest.mark.parametrize("write", _WRITERS)
def test_a_file_of_a_backbone_fills_the_next_one(tmp_path, write):
    first = build_backbone(tiny_spec(), weights=None)
    path = write(_filled(first.model), tmp_path)

    backbone = build_backbone(tiny_spec(), weights=str(path))

    _assert_same_weights(backbone, first.model)


def test_a_whole_model_of_the_old_format_fills_all_weights(tmp_path):
    model = _filled(tiny_network())

    backbone = build_backbone(tiny_spec(), weights=_write_old_model(model, tmp_path))

    _assert_same_weights(backbone, model)


def test_an_old_file_with_other_names_is_read_in_order(tmp_path):
    model = _filled(tiny_network())
    for layer in model.layers:
        layer.name = f"old_{layer.name}"

    backbone = build_backbone(tiny_spec(), weights=_write_old_weights(model, tmp_path))

    _assert_same_weights(backbone, model)


def test_the_optimizer_of_a_trained_model_is_left_out(tmp_path):
    model = _filled(tiny_network())
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)

    backbone = build_backbone(tiny_spec(), weights=_write_weights(model, tmp_path))

    _assert_same_weights(backbone, model)


def test_a_whole_classifier_gives_the_layers_of_the_same_names(tmp_path):
    base = _filled(tiny_network())
    photos = keras.Input((8, 8, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(base(photos))
    classifier = keras.Model(photos, keras.layers.Dense(2)(pooled))

    backbone = build_backbone(tiny_spec(), weights=_write_model(classifier, tmp_path))

    _assert_same_weights(backbone, base)


def _wider(image_size: int = 8) -> Any:
    """Return ``tiny`` with other widths: the same layers, other shapes."""
    return keras.models.clone_model(
        tiny_network(image_size),
        clone_function=lambda layer: type(layer).from_config(
            {**layer.get_config(), **({"filters": 5} if hasattr(layer, "filters") else {})}
        ),
    )


@pytest.mark.parametrize("write", _WRITERS)
def test_other_shapes_are_an_error_that_names_the_layer_and_both(tmp_path, write):
    path = write(_wider(), tmp_path)

    with pytest.raises(WeightsMismatchError) as caught:
        build_backbone(tiny_spec(), weights=path)

    assert str(caught.value) == (
        f"the weights in {str(path)!r} do not fit 'tiny': its layer 'low_conv' has the shapes "
        "[(3, 3, 3, 4), (4,)], the file's 'low_conv' has [(3, 3, 3, 5), (5,)]"
    )


def _cut(model: Any) -> Any:
    return keras.Model(model.input, model.get_layer("low_relu").output)


def _extended(model: Any) -> Any:
    return keras.Model(model.input, keras.layers.Conv2D(2, 1, name="more")(model.output))


@pytest.mark.parametrize("write", _WRITERS)
def test_a_file_of_a_part_is_an_error(tmp_path, write):
    path = write(_cut(tiny_network()), tmp_path)

    with pytest.raises(WeightsMismatchError) as caught:
        build_backbone(tiny_spec(), weights=path)

    assert str(caught.value) == (
        f"the weights in {str(path)!r} do not fit 'tiny': the file has no weights for "
        "1 of its 3 layers, the first of them 'high_conv'"
    )


@pytest.mark.parametrize("write", [_write_weights, _write_old_weights])
def test_a_file_of_more_than_the_network_is_an_error(tmp_path, write):
    path = write(_extended(tiny_network()), tmp_path)

    with pytest.raises(WeightsMismatchError) as caught:
        build_backbone(tiny_spec(), weights=path)

    assert str(caught.value) == (
        f"the weights in {str(path)!r} do not fit 'tiny': the file has weights for "
        "1 other layers, such as 'more'"
    )


def test_a_model_of_other_names_is_an_error(tmp_path):
    model = tiny_network()
    for layer in model.layers:
        layer.name = f"old_{layer.name}"
    path = _write_model(model, tmp_path)

    with pytest.raises(WeightsMismatchError, match=r"no weights for 3 of its 3 layers"):
        build_backbone(tiny_spec(), weights=path)


@pytest.mark.parametrize("name", ["bad.weights.h5", "bad.h5", "bad.keras"])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path, name: str):
    path = tmp_path / name
    path.write_bytes(b"no weights at all")

    with pytest.raises(WeightsFileError) as caught:
        build_backbone(tiny_spec(), weights=path)

    assert caught.value.path == path


def test_a_file_cut_short_is_an_error(tmp_path):
    path = _write_weights(tiny_network(), tmp_path)
    path.write_bytes(path.read_bytes()[:-500])

    with pytest.raises(WeightsFileError, match="it is not a valid HDF5 file"):
        build_backbone(tiny_spec(), weights=path)


def test_a_new_layout_under_an_old_name_is_an_error(tmp_path):
    path = tmp_path / "tiny.h5"
    shutil.copy(_write_weights(tiny_network(), tmp_path), path)

    with pytest.raises(WeightsFileError) as caught:
        build_backbone(tiny_spec(), weights=path)

    assert caught.value.reason == ("it has the layout of Keras 3; rename it to end in .weights.h5")


def test_a_model_that_contains_code_is_refused(tmp_path):
    photos = keras.Input((8, 8, 3))
    path = tmp_path / "code.keras"
    keras.Model(photos, keras.layers.Lambda(lambda x: x * 2)(photos)).save(path)

    with pytest.raises(WeightsFileError, match="safe_mode"):
        build_backbone(tiny_spec(), weights=path)


def test_a_model_without_its_weights_is_refused(tmp_path):
    path = tmp_path / "empty.keras"
    with zipfile.ZipFile(path, "w"):
        pass

    with pytest.raises(WeightsFileError):
        build_backbone(tiny_spec(), weights=path)


def test_a_resnet50_loads_a_file_of_random_values(tmp_path):
    spec = get_backbone("resnet50")
    model = _filled(spec.build(32, None))
    path = tmp_path / "resnet50_notop.h5"
    shutil.move(_write_old_weights(model, tmp_path), path)

    backbone = build_backbone(spec, image_size=64, weights=path)

    _assert_same_weights(backbone, model)


@pytest.mark.parametrize(
    ("name", "write"),
    [("convnext_tiny", _write_weights), ("keras_cv:mobilenet_v3_small", _write_model)],
)
def test_composite_layers_are_filled_too(tmp_path, name: str, write):
    spec = get_backbone(name)
    model = _filled(spec.build(32, None))

    backbone = build_backbone(spec, image_size=32, weights=write(model, tmp_path))

    _assert_same_weights(backbone, model)


def test_a_resnet101_does_not_fill_a_resnet50(tmp_path):
    path = _write_weights(get_backbone("resnet101").build(32, None), tmp_path)

    with pytest.raises(WeightsMismatchError, match="the file has weights for 102 other layers"):
        build_backbone(get_backbone("resnet50"), image_size=32, weights=path)


def test_layers_between_those_of_the_network_are_refused_in_a_whole_model_too(tmp_path):
    path = _write_model(get_backbone("resnet101").build(32, None), tmp_path)

    with pytest.raises(WeightsMismatchError, match="the file has weights for 102 other layers"):
        build_backbone(get_backbone("resnet50"), image_size=32, weights=path)
