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
from transferleaf.training.chance import Answers


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
def test_the_weights_of_the_best_epoch_come_back(model, epochs, best):
    callback = BestWeights(patience=None)
    callback.set_model(model)
    callback.validate = lambda: answers([])

    for epoch, logs in enumerate(epochs):
        set_bias(model, float(epoch))
        callback.on_epoch_end(epoch, logs)
    callback.restore()

    assert callback.epoch == best
    assert float(model.layers[-1].bias[0]) == best


def test_training_stops_after_patience_epochs_without_a_better_one(model):
    callback = BestWeights(patience=2)
    callback.set_model(model)
    callback.validate = lambda: answers([])
    stopped = []

    for epoch, accuracy in enumerate([0.5, 0.9, 0.8, 0.7]):
        callback.on_epoch_end(epoch, {"val_accuracy": accuracy})
        stopped.append(model.stop_training)

    assert stopped == [False, False, False, True]


def answers(right):
    return Answers(
        labels=np.zeros(len(right), int), right=np.array(right, bool), weights=np.ones(len(right))
    )


def run_epochs(callback, model, judged):
    """Let a solved head and then epochs answer four photos; returns the bias that is kept."""
    callback.set_model(model)
    for epoch, right in enumerate(judged, start=HEAD):
        set_bias(model, float(epoch))
        # As Keras' results: the same accuracy, and a loss that falls with each epoch.
        logs = {"val_accuracy": np.mean(right), "val_loss": 1 / (epoch + 2)}
        if epoch == HEAD:
            callback.head = answers(right)
            callback.on_head_solved(logs)
        else:
            callback.validate = lambda right=right: answers(right)
            callback.on_epoch_end(epoch, logs)
    callback.restore()
    return float(model.layers[-1].bias[0])


@pytest.mark.parametrize(
    ("judged", "kept"),
    [
        pytest.param([[1, 0, 0, 0], [1, 0, 0, 0]], HEAD, id="equal, and the loss is smaller"),
        pytest.param([[1, 0, 0, 0], [1, 1, 0, 0]], HEAD, id="one photo is won"),
        pytest.param([[1, 0, 0, 0], [1, 1, 1, 0]], 0, id="two photos are won"),
        pytest.param([[1, 0, 0, 0], [0, 1, 1, 0]], HEAD, id="two are won and one is lost"),
        pytest.param([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]], 1, id="the second one wins two"),
        pytest.param(
            [[1, 0, 0, 0], [1, 1, 1, 0], [1, 1, 1, 0]], 1, id="of two that win, by the loss"
        ),
    ],
)
def test_a_solved_head_gives_way_to_what_is_better_by_more_than_chance(model, judged, kept):
    assert run_epochs(BestWeights(patience=None), model, judged) == kept


def test_an_epoch_that_leads_by_chance_is_remembered(model):
    callback = BestWeights(patience=None)

    run_epochs(callback, model, [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]])

    assert (callback.epoch, callback.leader) == (HEAD, 0)
    assert (callback.declined.before, callback.declined.after) == (1, 2)


def test_epochs_that_lead_by_chance_count_for_patience(model):
    callback = BestWeights(patience=2)

    run_epochs(callback, model, [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]])

    assert not model.stop_training


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
def test_an_epoch_without_numbers_ends_training_and_never_counts(model, logs, bias):
    callback = BestWeights(patience=None)
    callback.set_model(model)
    callback.validate = lambda: answers([])
    set_bias(model, 7.0)
    callback.on_epoch_end(0, {"loss": 2.0})

    set_bias(model, bias)
    callback.on_epoch_end(1, logs)
    callback.restore()

    assert (callback.epoch, callback.diverged, model.stop_training) == (0, 1, True)
    assert float(model.layers[-1].bias[0]) == 7.0


def test_a_measure_of_the_users_may_be_no_number(model):
    callback = BestWeights(patience=None)
    callback.set_model(model)
    callback.validate = lambda: answers([])

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
