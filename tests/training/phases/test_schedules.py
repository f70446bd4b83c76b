"""The learning-rate schedule of a phase: warm-up and cosine decay that can be stretched."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from transferleaf.training.phases.schedules import WarmupCosine


def rates(schedule, steps):
    return np.array([float(schedule(step)) for step in range(steps + 1)])


def test_it_is_the_schedule_of_keras_with_a_warm_up():
    ours = WarmupCosine(0.1, steps=20, warmup_steps=5)
    theirs = keras.optimizers.schedules.CosineDecay(0.0, 15, warmup_target=0.1, warmup_steps=5)

    np.testing.assert_allclose(rates(ours, 20), rates(theirs, 20), atol=1e-7)


def test_it_is_the_schedule_of_keras_without_a_warm_up():
    ours = WarmupCosine(0.1, steps=20)
    theirs = keras.optimizers.schedules.CosineDecay(0.1, 20)

    np.testing.assert_allclose(rates(ours, 25), rates(theirs, 25), atol=1e-7)


def test_stretched_it_has_the_same_shape():
    short, long = (WarmupCosine(1.0, steps=n, warmup_steps=n // 10) for n in (10, 40))

    long.stretch(10)

    np.testing.assert_allclose(rates(long, 10), rates(short, 10), atol=1e-7)


def test_a_compiled_step_follows_when_it_is_stretched():
    schedule = WarmupCosine(1.0, steps=100)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(schedule), "mse")
    x = np.ones((4, 1), "float32")
    model.fit(x, x, verbose=0)

    schedule.stretch(1)
    weights = model.get_weights()
    model.fit(x, x - 7, verbose=0)

    np.testing.assert_allclose(model.get_weights()[0], weights[0], atol=1e-6)


def test_it_survives_serialisation():
    config = keras.saving.serialize_keras_object(WarmupCosine(0.5, steps=9, warmup_steps=2))

    back = keras.saving.deserialize_keras_object(config)

    assert back.get_config() == {"peak": 0.5, "steps": 9, "warmup_steps": 2}


@pytest.mark.parametrize("dtype", ["int32", "int64", "float32"])
def test_the_step_may_be_of_any_number_type(dtype):
    step = keras.ops.cast(5, dtype)

    assert float(WarmupCosine(1.0, steps=10)(step)) == pytest.approx(0.5)
