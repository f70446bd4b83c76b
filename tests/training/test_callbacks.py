from __future__ import annotations

import keras
import numpy as np
import pytest

from transferleaf.training.callbacks import (
    HEAD,
    START,
    BestWeights,
    FitHistory,
    SpanningCallbacks,
)


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events: list[str] = []

    def on_train_begin(self, logs=None):
        self.events.append("begin")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch {epoch}")

    def on_train_end(self, logs=None):
        self.events.append("end")


@pytest.fixture
def model():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_several_fits_are_one_training_for_the_callbacks(model):
    recorder = Recorder()
    spanning = SpanningCallbacks([recorder], model=model, epochs=3, steps=1, verbose=0)
    x, y = np.zeros((4, 2)), np.zeros((4, 1))

    spanning.start()
    model.fit(x, y, epochs=1, callbacks=spanning, verbose=0)
    model.fit(x, y, initial_epoch=1, epochs=3, callbacks=spanning, verbose=0)
    spanning.finish()

    assert recorder.events == ["begin", "epoch 0", "epoch 1", "epoch 2", "end"]
    assert spanning.history.epoch == [0, 1, 2]
    assert len(spanning.history.history["loss"]) == 3


def set_bias(model, value):
    model.layers[-1].bias.assign([value])


@pytest.mark.parametrize(
    ("epochs", "best"),
    [
        pytest.param(
            [{"val_accuracy": 0.5}, {"val_accuracy": 0.9}, {"val_accuracy": 0.7}], 1, id="accuracy"
        ),
        pytest.param(
            [
                {"val_accuracy": 0.9, "val_loss": 0.3},
                {"val_accuracy": 0.9, "val_loss": 0.2},
                {"val_accuracy": 0.9, "val_loss": 0.4},
            ],
            1,
            id="equal accuracy, smaller loss",
        ),
        pytest.param(
            [
                {"val_accuracy": 0.9, "val_loss": 0.3},
                {"val_accuracy": 0.8, "val_loss": 0.1},
            ],
            0,
            id="accuracy before loss",
        ),
        pytest.param([{"val_loss": 3.0}, {"val_loss": 2.0}, {"val_loss": 2.5}], 1, id="loss alone"),
        pytest.param([{"loss": 1.0}, {"loss": 2.0}], 1, id="no validation: the last"),
    ],
)
def test_the_weights_of_the_best_epoch_are_restored(model, epochs, best):
    callback = BestWeights(patience=None)
    callback.set_model(model)
    callback.descending = True

    for epoch, logs in enumerate(epochs):
        set_bias(model, float(epoch))
        callback.on_epoch_end(epoch, logs)
    callback.restore()

    assert callback.epoch == best
    assert float(model.layers[-1].bias[0]) == best


def test_training_stops_after_patience_epochs_without_a_better_one(model):
    callback = BestWeights(patience=2)
    callback.set_model(model)
    callback.descending = True
    stopped = []

    for epoch, accuracy in enumerate([0.5, 0.9, 0.8, 0.7]):
        callback.on_epoch_end(epoch, {"val_accuracy": accuracy})
        stopped.append(model.stop_training)

    assert stopped == [False, False, False, True]


def run_epochs(callback, model, accuracies):
    """Set validation results of a solved head and of epochs. Returns the bias that is kept."""
    callback.set_model(model)
    for epoch, accuracy in enumerate(accuracies, start=HEAD):
        set_bias(model, float(epoch))
        # Gradient epochs have a larger loss, as with label smoothing.
        logs = {"val_accuracy": accuracy, "val_loss": epoch + 2.0}
        if epoch == HEAD:
            callback.on_head_solved(logs)
            callback.descending = True
        else:
            callback.on_epoch_end(epoch, logs)
    callback.restore()
    return float(model.layers[-1].bias[0])


@pytest.mark.parametrize(
    ("accuracies", "kept"),
    [
        pytest.param([0.5, 0.4], HEAD, id="less accurate"),
        pytest.param([0.5, 0.5], 0, id="as accurate"),
        pytest.param([0.5, 0.6], 0, id="more accurate"),
        pytest.param([0.5, 0.4, 0.6], 1, id="the second epoch is more accurate"),
        pytest.param([0.5, 0.6, 0.6], 0, id="of two that are equal, the smaller loss"),
    ],
)
def test_an_epoch_of_equal_accuracy_replaces_the_solved_head(model, accuracies, kept):
    assert run_epochs(BestWeights(patience=None), model, accuracies) == kept


def test_the_best_epoch_is_recorded_if_the_head_is_kept(model):
    callback = BestWeights(patience=None)

    run_epochs(callback, model, [0.9, 0.7, 0.8, 0.6])

    assert (callback.epoch, callback.leader) == (HEAD, 1)


def test_patience_compares_epochs_with_each_other_and_not_with_the_head(model):
    callback = BestWeights(patience=2)

    run_epochs(callback, model, [0.9, 0.1, 0.2, 0.3, 0.4])

    assert not model.stop_training


@pytest.mark.parametrize(("warmup", "stops"), [(0, True), (1, True), (2, False)])
def test_patience_counts_from_the_end_of_the_warm_up(model, warmup, stops):
    callback = BestWeights(patience=2, warmup_epochs=warmup)

    run_epochs(callback, model, [0.9, 0.5, 0.4, 0.3])

    assert model.stop_training is stops


def test_nothing_is_restored_before_an_epoch_has_ended(model):
    callback = BestWeights(patience=None)
    callback.set_model(model)
    set_bias(model, 7.0)

    callback.restore()

    assert float(model.layers[-1].bias[0]) == 7.0


def test_a_head_that_is_announced_as_an_epoch_is_not_compared_with_itself(model):
    callback = BestWeights(patience=None)
    callback.set_model(model)

    callback.on_head_solved({"loss": 1.0})
    callback.on_epoch_end(0, {"loss": 1.0})

    assert callback.epoch == HEAD


@pytest.mark.parametrize(
    ("logs", "bias"),
    [
        pytest.param({"loss": np.nan}, 1.0, id="loss"),
        pytest.param({"loss": 1.0, "val_loss": np.inf}, 1.0, id="validation loss"),
        pytest.param({"loss": 1.0}, np.nan, id="weights after the last batch"),
    ],
)
def test_a_nan_epoch_ends_training_and_never_counts(model, logs, bias):
    callback = BestWeights(patience=None)
    callback.set_model(model)
    callback.descending = True
    set_bias(model, 7.0)
    callback.on_epoch_end(0, {"loss": 2.0})

    set_bias(model, bias)
    callback.on_epoch_end(1, logs)
    callback.restore()

    assert (callback.epoch, callback.diverged, model.stop_training) == (0, 1, True)
    assert float(model.layers[-1].bias[0]) == 7.0


def test_a_custom_metric_may_be_nan(model):
    callback = BestWeights(patience=None)
    callback.set_model(model)
    callback.descending = True

    callback.on_epoch_end(0, {"loss": 2.0, "f1": np.nan})

    assert callback.epoch == 0


def test_before_the_first_epoch_the_start_is_the_best():
    assert BestWeights(patience=None).epoch == START


def test_a_history_is_one_line_in_a_notebook():
    history = FitHistory()
    history.set_params({"head_is_epoch": False})
    history.on_head_solved({"val_accuracy": 0.5})
    history.epoch = [0]

    assert repr(history) == "FitHistory(solved head: val_accuracy 0.5000; 1 gradient epoch)"
    assert repr(FitHistory()) == "FitHistory(solved head: none; 0 gradient epochs)"
