from __future__ import annotations

import sys

import keras
import numpy as np
import pytest

from transferleaf.features.engines import choosing, open_engine
from transferleaf.features.engines.choosing import relative_difference
from transferleaf.features.engines.engine import EngineMeter
from transferleaf.features.engines.openvino_engine import OpenVINOEngine
from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine


@pytest.fixture
def told():
    """The lines that were printed."""
    return []


@pytest.fixture
def lie(monkeypatch):
    """Replaces OpenVINO by an engine whose outputs are those of Keras, times a factor."""

    def by(factor: float) -> None:
        class Liar:
            def __init__(self, network, photo_shape, **options):
                self.name = "OpenVINO 1.2.3"
                self.meter = EngineMeter()
                self._network = network

            def run(self, batches):
                for batch in batches:
                    yield tuple(factor * np.asarray(one) for one in self._network(batch))

        monkeypatch.setattr(choosing, "OpenVINOEngine", Liar)

    return by


def test_openvino_runs_supported_networks_without_messages(two_outputs, photos, told):
    engine = open_engine(two_outputs, photos(8), tell=told.append)

    assert isinstance(engine, OpenVINOEngine)
    assert told == []


def test_the_comparison_is_not_on_the_meter(two_outputs, photos, told):
    engine = open_engine(two_outputs, photos(8), tell=told.append)

    assert engine.meter == EngineMeter()


def test_one_photo_is_sample_enough(two_outputs, photos, told):
    engine = open_engine(two_outputs, photos(1), tell=told.append)

    assert isinstance(engine, OpenVINOEngine)


def test_tensorflow_runs_if_there_is_a_gpu(two_outputs, photos, told, monkeypatch):
    monkeypatch.setattr(choosing.tf.config, "get_visible_devices", lambda kind: [f"a {kind}"])

    engine = open_engine(two_outputs, photos(8), tell=told.append)

    assert isinstance(engine, TensorFlowEngine)
    assert told == []


def test_an_engine_that_differs_a_little_is_used(two_outputs, photos, told, lie):
    lie(1 + 1e-5)

    engine = open_engine(two_outputs, photos(8), tell=told.append)

    assert engine.name == "OpenVINO 1.2.3"
    assert told == []


def test_an_engine_that_differs_too_much_is_not_used_and_reported(two_outputs, photos, told, lie):
    lie(float("nan"))

    engine = open_engine(two_outputs, photos(8), tell=told.append)

    assert isinstance(engine, TensorFlowEngine)
    assert told == [
        "OpenVINO 1.2.3 differs from Keras by nan of an output's standard deviation "
        "(allowed: 0.001); TensorFlow runs the network, which is slower."
    ]


def test_half_precision_differs_too_much(two_outputs, photos, told, lie):
    lie(1 + 2**-8)

    engine = open_engine(two_outputs, photos(8), tell=told.append)

    assert isinstance(engine, TensorFlowEngine)
    assert len(told) == 1


def test_a_failed_conversion_is_reported_in_one_line(two_outputs, photos, told, monkeypatch):
    def fail(network, photo_shape, **options):
        raise RuntimeError("Check 'false' failed:\n  no rule for\n'FancyOp'")

    monkeypatch.setattr(choosing, "OpenVINOEngine", fail)

    engine = open_engine(two_outputs, photos(8), tell=told.append)

    assert isinstance(engine, TensorFlowEngine)
    assert told == [
        "OpenVINO cannot run this network (RuntimeError: Check 'false' failed: no rule for "
        "'FancyOp'); TensorFlow runs it, which is slower."
    ]


def test_a_missing_openvino_is_reported(two_outputs, photos, told, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)

    engine = open_engine(two_outputs, photos(8), tell=told.append)

    assert isinstance(engine, TensorFlowEngine)
    assert told == [
        "OpenVINO cannot run this network (ModuleNotFoundError: import of openvino halted; None "
        "in sys.modules); TensorFlow runs it, which is slower."
    ]


def test_a_layer_that_openvino_does_not_support_runs_in_tensorflow(photos, told):
    import tensorflow as tf

    class ThroughPython(keras.layers.Layer):
        def call(self, x):
            y = tf.py_function(lambda values: values * 2, [x], tf.float32)
            y.set_shape(x.shape)
            return y

    inputs = keras.Input((16, 16, 3))
    network = keras.Model(inputs, ThroughPython()(inputs))

    engine = open_engine(network, photos(4), tell=told.append)

    ((doubled,),) = engine.run([photos(4)])
    np.testing.assert_array_equal(doubled, photos(4) * 2.0)
    assert len(told) == 1
    assert told[0].startswith("OpenVINO cannot run this network (")
    assert "\n" not in told[0]


@pytest.mark.parametrize(
    ("output", "expected", "difference"),
    [
        pytest.param([0.0, 2.0], [0.0, 2.0], 0.0, id="equal"),
        pytest.param([0.0, 2.5], [0.0, 2.0], 0.5, id="a share of the standard deviation"),
        pytest.param([4.0, 5.0], [4.0, 4.0], 0.25, id="of the value where all are equal"),
        pytest.param([0.0, 0.5], [0.0, 0.0], 0.5, id="as it is where all are 0"),
    ],
)
def test_a_difference_is_judged_on_the_scale_of_its_output(output, expected, difference):
    assert relative_difference([np.array(output)], [np.array(expected)]) == difference


def test_the_worst_output_counts():
    zeros, ones = np.array([0.0, 2.0]), np.array([0.0, 3.0])

    assert relative_difference([zeros, ones, zeros], [zeros, zeros, zeros]) == 1.0


def test_a_nan_difference_stays_nan():
    bad, good = np.array([np.nan, 1.0]), np.array([0.0, 1.0])

    assert np.isnan(relative_difference([good, bad, good], [good, good, good]))
