from __future__ import annotations

import subprocess
import sys

import keras
import numpy as np
import pytest

from transferleaf.backbones import PixelNormalization, build_backbone, get_backbone
from transferleaf.features.engines.choosing import TOLERANCE, relative_difference
from transferleaf.features.engines.openvino_engine import OpenVINOEngine


def test_the_weights_are_those_at_the_time_of_opening(two_outputs, photos):
    engine = OpenVINOEngine(two_outputs, (16, 16, 3))
    ((before, _),) = engine.run([photos(3)])

    for variable in two_outputs.variables:
        variable.assign(variable * 0 + 7)
    ((after, _),) = engine.run([photos(3)])

    np.testing.assert_array_equal(after, before)


def test_it_computes_in_float32_where_the_cpu_offers_less(two_outputs):
    engine = OpenVINOEngine(two_outputs, (16, 16, 3))

    precision = engine._compiled.get_property("INFERENCE_PRECISION_HINT")

    assert precision.to_dtype() == np.float32


def test_a_network_in_mixed_precision_gives_float32(photos):
    inputs = keras.Input((16, 16, 3))
    network = keras.Model(inputs, keras.layers.Conv2D(4, 3, dtype="mixed_float16")(inputs))

    ((outputs,),) = OpenVINOEngine(network, (16, 16, 3)).run([photos(2)])

    assert outputs.dtype == np.float32
    expected = np.asarray(network(photos(2)), np.float32)
    np.testing.assert_allclose(outputs, expected, rtol=0.02, atol=0.5)


# In a separate process, because this one may have loaded OpenVINO already.
def test_loading_it_leaves_no_telemetry_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    code = "from transferleaf.process import openvino_loading as o; o.load_openvino()"

    subprocess.run([sys.executable, "-c", code], check=True)

    assert not (tmp_path / "intel").exists()
    assert not (tmp_path / "Intel Corporation").exists()  # its name on Windows


@pytest.mark.parametrize(
    "name",
    [
        "baseline_cnn",
        "mobilenetv3_small",
        pytest.param("efficientnetv2b0", marks=pytest.mark.slow),
        "efficientnet_lite0",
        pytest.param("keras_cv:resnet18_v2", marks=pytest.mark.slow),
    ],
)
def test_it_does_backbones_of_every_family(name):
    keras.utils.set_random_seed(0)
    backbone = build_backbone(get_backbone(name), image_size=64, weights=None)
    inputs = keras.Input((64, 64, 3))
    maps = backbone.model(PixelNormalization(backbone.pixels)(inputs))
    network = keras.Model(inputs, maps)
    photos = np.random.default_rng(0).integers(0, 256, size=(3, 64, 64, 3), dtype=np.uint8)
    expected = [np.asarray(one) for one in keras.tree.flatten(network(photos, training=False))]

    (outputs,) = OpenVINOEngine(network, (64, 64, 3)).run([photos])

    assert relative_difference(outputs, expected) < TOLERANCE


def test_it_uses_at_most_the_granted_cores(two_outputs, photos):
    engine = OpenVINOEngine(two_outputs, (16, 16, 3), threads=1)

    (outputs,) = engine.run([photos(3)])

    (expected,) = OpenVINOEngine(two_outputs, (16, 16, 3)).run([photos(3)])
    assert engine._compiled.get_property("INFERENCE_NUM_THREADS") == 1
    for output, right in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(output, right, atol=1e-5)
