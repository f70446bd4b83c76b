"""Each variable moves as with a separate optimizer with its own learning rate."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from transferleaf.errors import ConfigError
from transferleaf.training.phases.optimizers import (
    DiscriminativeAdam,
    DiscriminativeAdamW,
    unique_paths,
    with_rates,
)

RATES = {"slow": 0.1, "fast": 1.0, "faster": 2.5}

OPTIMIZERS = [
    pytest.param(lambda rate: keras.optimizers.Adam(rate), id="adam"),
    pytest.param(lambda rate: keras.optimizers.AdamW(rate, weight_decay=0.1), id="adamw"),
    pytest.param(lambda rate: keras.optimizers.SGD(rate, momentum=0.9), id="sgd with momentum"),
    pytest.param(
        lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=0.1),
        id="nesterov with decay",
    ),
]


def variables() -> list[keras.Variable]:
    return [keras.Variable(np.array([1.0, -2.0, 3.0], "float32"), name=name) for name in RATES]


def gradients(step: int) -> list[np.ndarray]:
    rng = np.random.default_rng(step)
    return [rng.normal(size=3).astype("float32") * 10.0**step for _ in RATES]


def run(optimizer: keras.optimizers.Optimizer, chosen: list[keras.Variable], rows: list[int]):
    for step in range(4):
        optimizer.apply([keras.ops.array(gradients(step)[row]) for row in rows], chosen)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_each_variable_moves_as_with_a_separate_optimizer(make):
    together, apart = variables(), variables()

    run(with_rates(make(0.01), RATES), together, [0, 1, 2])
    for row, rate in enumerate(RATES.values()):
        run(make(0.01 * rate), [apart[row]], [row])

    for one, other in zip(together, apart, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_rates_hold_inside_a_compiled_model(make):
    def network():
        inputs = keras.Input((4,))
        hidden = keras.layers.Dense(5, name="low")(inputs)
        model = keras.Model(inputs, keras.layers.Dense(2, name="up")(hidden))
        start = np.random.default_rng(0)
        model.set_weights([start.normal(size=weight.shape) for weight in model.weights])
        return model

    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(32, 4)), rng.normal(size=(32, 2))
    scaled, plain = network(), network()
    still = {"low/kernel": 1e-9, "low/bias": 1e-9}
    scaled.compile(with_rates(make(0.01), still), "mse")
    plain.get_layer("low").trainable = False
    plain.compile(make(0.01), "mse")

    scaled.fit(x, y, epochs=3, shuffle=False, verbose=0)
    plain.fit(x, y, epochs=3, shuffle=False, verbose=0)

    for one, other in zip(scaled.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_rates_follow_a_schedule():
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.01, 0.001])
    halved = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.005, 0.0005])
    together, apart = variables()[:1], variables()[:1]

    run(with_rates(keras.optimizers.Adam(schedule), {"slow": 0.5}), together, [0])
    run(keras.optimizers.Adam(halved), apart, [0])

    np.testing.assert_allclose(together[0].numpy(), apart[0].numpy(), rtol=1e-5)


def test_excluded_variables_do_not_decay():
    chosen = variables()[:2]
    optimizer = with_rates(keras.optimizers.AdamW(0.1, weight_decay=0.5), {"slow": 0.5})
    optimizer.exclude_from_weight_decay(var_names=["slow"])

    optimizer.apply([keras.ops.zeros(3)] * 2, chosen)

    np.testing.assert_allclose(chosen[0].numpy(), [1.0, -2.0, 3.0])
    np.testing.assert_allclose(chosen[1].numpy(), [0.95, -1.9, 2.85], rtol=1e-5)


def test_what_the_user_excluded_from_decay_stays_excluded():
    given = keras.optimizers.AdamW(0.1, weight_decay=0.5)
    given.exclude_from_weight_decay(var_names=["slow"])
    chosen = variables()[:2]

    with_rates(given, {"slow": 0.5}).apply([keras.ops.zeros(3)] * 2, chosen)

    np.testing.assert_allclose(chosen[0].numpy(), [1.0, -2.0, 3.0])


def test_a_loss_scaling_wrapper_is_looked_through():
    wrapped = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1))

    assert isinstance(with_rates(wrapped, {"slow": 0.5}), DiscriminativeAdam)


def test_an_optimizer_with_rates_can_be_saved():
    optimizer = with_rates(keras.optimizers.AdamW(0.1, weight_decay=0.5), {"slow": 0.5})

    config = keras.saving.serialize_keras_object(optimizer)
    again = keras.saving.deserialize_keras_object(config)

    assert isinstance(again, DiscriminativeAdamW)
    assert again.get_config() == optimizer.get_config()


def test_rates_of_one_leave_the_optimizer_plain():
    optimizer = with_rates(keras.optimizers.RMSprop(0.1), {"slow": 1.0})

    assert type(optimizer) is keras.optimizers.RMSprop


def test_an_optimizer_that_cannot_scale_its_steps_is_refused():
    with pytest.raises(ConfigError) as caught:
        with_rates(keras.optimizers.RMSprop(0.1), {"slow": 0.5})

    assert str(caught.value) == (
        "optimizer='RMSprop' must be one of Adam, AdamW, SGD where a policy gives stages "
        "different rates."
    )


def test_a_rate_for_a_variable_that_does_not_train_is_refused():
    optimizer = with_rates(keras.optimizers.Adam(0.1), {"other": 0.5})

    with pytest.raises(ConfigError, match=r"multipliers=\['other'\] must name trainable"):
        optimizer.build(variables())


def test_variables_of_equal_paths_are_counted():
    same = [keras.Variable([0.0], name="kernel") for _ in range(3)]

    assert unique_paths(same) == ["kernel", "kernel#2", "kernel#3"]


def test_a_schedule_of_the_users_own_class_is_kept():
    class Constant(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.5

        def get_config(self):
            return {}

    variable = keras.Variable([1.0], name="w")
    optimizer = with_rates(keras.optimizers.SGD(Constant()), {"w": 0.5})
    optimizer.build([variable])

    optimizer.apply([keras.ops.array([1.0])])

    np.testing.assert_allclose(variable.numpy(), [1.0 - 0.5 * 0.5])


class WithoutConfig(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.5


@pytest.mark.parametrize("rate", [WithoutConfig(), lambda: 0.5], ids=["schedule", "function"])
def test_a_learning_rate_that_keras_cannot_serialise_is_kept(rate):
    variable = keras.Variable([1.0], name="w")
    given = keras.optimizers.SGD(rate)
    optimizer = with_rates(given, {"w": 0.5})
    optimizer.build([variable])

    optimizer.apply([keras.ops.array([1.0])])

    np.testing.assert_allclose(variable.numpy(), [1.0 - 0.5 * 0.5])
    assert given._learning_rate is rate
