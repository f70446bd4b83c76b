"""Tests for every engine."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest

from transferleaf.features.engines.openvino_engine import OpenVINOEngine
from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine


@pytest.fixture(params=["TensorFlow", "OpenVINO"])
def open_on(request):
    """Opens one kind of engine on a network."""

    def make(network):
        if request.param == "TensorFlow":
            return TensorFlowEngine(network)
        return OpenVINOEngine(network, (16, 16, 3))

    return make


def keras_outputs(network, photos):
    return [np.asarray(output) for output in keras.tree.flatten(network(photos, training=False))]


def test_the_name_tells_the_kind_and_its_version(open_on, two_outputs):
    engine = open_on(two_outputs)

    kind, version = engine.name.split()
    assert kind in ("TensorFlow", "OpenVINO")
    assert all(part.isdigit() for part in version.split("."))


def test_outputs_equal_those_of_keras(open_on, two_outputs, photos):
    pooled, middle = keras_outputs(two_outputs, photos(5))

    ((pooled_again, middle_again),) = open_on(two_outputs).run([photos(5)])

    np.testing.assert_allclose(pooled_again, pooled, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(middle_again, middle, rtol=1e-4, atol=1e-5)


def test_outputs_are_float32_in_the_shapes_of_the_network(open_on, two_outputs, photos):
    ((pooled, middle),) = open_on(two_outputs).run([photos(5)])

    assert (pooled.shape, pooled.dtype) == ((5, 28), np.float32)
    assert (middle.shape, middle.dtype) == ((5, 4, 4, 8), np.float32)


def test_a_network_of_one_output_gives_tuples_of_one(open_on, two_outputs, photos):
    network = keras.Model(two_outputs.input, two_outputs.outputs[1])

    (outputs,) = open_on(network).run([photos(2)])

    assert [output.shape for output in outputs] == [(2, 4, 4, 8)]


@pytest.mark.parametrize("sizes", [(1,), (4, 4, 4), (4, 4, 3), (1, 7, 2), (40, 1)])
def test_batches_of_any_size_come_back_in_order(open_on, two_outputs, photos, sizes):
    batches = [photos(size, seed) for seed, size in enumerate(sizes)]

    results = [pooled for pooled, _ in open_on(two_outputs).run(batches)]

    assert tuple(len(pooled) for pooled in results) == sizes
    expected = keras_outputs(two_outputs, np.concatenate(batches))[0]
    np.testing.assert_allclose(np.concatenate(results), expected, rtol=1e-4, atol=1e-5)


def test_without_batches_there_are_no_outputs(open_on, two_outputs):
    assert list(open_on(two_outputs).run([])) == []


def test_bytes_and_floats_of_the_same_photos_give_the_same(open_on, two_outputs, photos):
    batch = photos(4)

    as_bytes, as_floats = open_on(two_outputs).run([batch, batch.astype(np.float32)])

    np.testing.assert_array_equal(as_bytes[0], as_floats[0])


def test_outputs_stay_as_they_are_when_later_batches_run(open_on, two_outputs, photos):
    results = open_on(two_outputs).run([photos(4, 0), photos(4, 1), photos(4, 2)])

    first = next(results)[0]
    before = first.copy()
    list(results)

    np.testing.assert_array_equal(first, before)


def test_outputs_stream_while_batches_still_come(open_on, two_outputs, photos):
    endless = itertools.repeat(photos(4))

    results = open_on(two_outputs).run(endless)

    assert [len(next(results)[0]) for _ in range(3)] == [4, 4, 4]


def test_two_runs_of_one_engine_may_take_turns(open_on, two_outputs, photos):
    engine = open_on(two_outputs)
    batches = [photos(4, seed) for seed in range(4)]
    alone = [pooled for pooled, _ in engine.run(batches)]

    taken = [
        (one, other)
        for (one, _), (other, _) in zip(engine.run(batches), engine.run(batches[::-1]), strict=True)
    ]

    np.testing.assert_array_equal([one for one, _ in taken], alone)
    np.testing.assert_array_equal([other for _, other in taken], alone[::-1])


def test_an_error_of_the_batches_reaches_the_caller(open_on, two_outputs, photos):
    def failing():
        yield photos(4)
        raise LookupError("a photo is gone")

    with pytest.raises(LookupError, match="a photo is gone"):
        list(open_on(two_outputs).run(failing()))


def test_ctrl_c_ends_the_run_and_the_engine_can_run_again(open_on, two_outputs, photos):
    engine = open_on(two_outputs)

    def interrupted():
        yield from [photos(4)] * 5
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(engine.run(interrupted()))

    assert len(list(engine.run([photos(4)]))) == 1


def test_the_meter_counts_photos_and_seconds(open_on, two_outputs, photos):
    engine = open_on(two_outputs)

    list(engine.run([photos(4), photos(3)]))

    assert engine.meter.photos == 7
    assert 0 < engine.meter.busy_seconds <= engine.meter.wall_seconds


def test_nothing_is_written_to_the_working_directory(
    open_on, two_outputs, photos, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    list(open_on(two_outputs).run([photos(4)]))

    assert list(tmp_path.iterdir()) == []


def test_nothing_is_printed(open_on, two_outputs, photos, capfd):
    open_on(two_outputs)  # TensorFlow prints lines once per process, at its first operation
    capfd.readouterr()

    list(open_on(two_outputs).run([photos(4)]))

    assert capfd.readouterr() == ("", "")
