"""Fits with a time limit, with a simulated clock."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from transferleaf.errors import ConfigError
from transferleaf.training.phases import gradient_phase
from transferleaf.training.time_limit import Reading, StepTimes

TRAINS = tl.FreezePolicy.train_all(epochs=10)


@pytest.fixture
def steps_take(monkeypatch):
    """Makes steps and validation take a given time on the simulated clock."""

    def install(step, validation=0.0):
        def measured(*_):
            return StepTimes(step=step, validation=validation)

        monkeypatch.setattr(gradient_phase, "measure_steps", measured)
        monkeypatch.setattr("transferleaf.training.time_limit.FEWEST_STEPS", 4)

    return install


def fitted(tiny, blobs, freeze=TRAINS, **options):
    keras.utils.set_random_seed(7)  # the tiny network has random weights
    classifier = tiny(freeze)
    history = classifier.fit(
        *blobs(64), validation_data=blobs(seed=1), batch_size=16, seed=3, verbose=0, **options
    )
    return classifier, history


def test_a_long_limit_changes_nothing(tiny, blobs):
    limited, history = fitted(tiny, blobs, time_limit=3600)
    free, without = fitted(tiny, blobs)

    assert history.history == without.history
    for ours, theirs in zip(limited.get_weights(), free.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_there_are_as_many_steps_as_fit(tiny, blobs, steps_take, capsys):
    steps_take(step=100.0)

    classifier, history = fitted(tiny, blobs, time_limit=2000)

    assert len(history.epoch) == 9
    assert classifier.records[-1].phase.epochs == 9
    assert classifier.optimizer is not None


@pytest.mark.parametrize("precision", ["float32", "mixed_float16"])
def test_the_learning_rate_falls_to_0_in_the_time(tiny, blobs, steps_take, precision):
    steps_take(step=100.0)
    rates = []

    class Watcher(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            optimizer = self.model.optimizer
            inner = getattr(optimizer, "inner_optimizer", optimizer)
            rates.append(float(inner.learning_rate))

    keras.config.set_dtype_policy(precision)
    try:
        fitted(tiny, blobs, time_limit=2000, callbacks=[Watcher()])
    finally:
        keras.config.set_dtype_policy("float32")

    assert rates[-1] < 0.1 * max(rates)


def test_the_solved_head_is_kept_without_time_for_steps(tiny, blobs, steps_take):
    steps_take(step=1000.0)

    classifier, history = fitted(tiny, blobs, time_limit=100)
    solved, _ = fitted(tiny, blobs, freeze=tl.FreezePolicy.freeze_base())

    assert history.epoch == []
    images, _ = blobs(seed=5)
    np.testing.assert_allclose(classifier.predict(images), solved.predict(images), atol=1e-6)


def test_training_ends_in_time_if_steps_are_slower_than_measured(tiny, blobs, steps_take):
    steps_take(step=1e-6)

    classifier, history = fitted(tiny, blobs, time_limit=2.001)

    assert len(history.epoch) <= 1
    assert np.isfinite(classifier.predict(blobs(seed=5)[0])).all()


def test_measuring_steps_changes_no_weight(tiny, blobs):
    classifier, _ = fitted(tiny, blobs, time_limit=3600)
    again, _ = fitted(tiny, blobs, time_limit=3600)

    for ours, theirs in zip(classifier.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_invalid_time_limit_is_refused_before_photos_are_read(tiny):
    with pytest.raises(ConfigError, match="time_limit"):
        tiny(TRAINS).fit("no folder", time_limit="10m")


def test_an_interrupted_fit_resumes_with_the_same_photos_and_steps(
    tiny, blobs, leaf_folder, steps_take, monkeypatch, tmp_path
):
    steps_take(step=1e-3)
    readings = iter([Reading(share=0.5), Reading(share=0.9)])  # the machine is faster then
    monkeypatch.setattr(
        "transferleaf.training.fitting.affordable_reading", lambda *_, **__: next(readings)
    )
    data = tl.LeafDataset.from_folder(leaf_folder)

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    def fit(**options):
        keras.utils.set_random_seed(7)
        classifier = tiny(tl.FreezePolicy.train_all(epochs=3))
        options |= {"time_limit": 600, "resume": tmp_path / "fit", "cache": tmp_path}
        return classifier.fit(data, validation_data=data, seed=0, verbose=0, **options)

    with pytest.raises(KeyboardInterrupt):
        fit(callbacks=[Interrupt()])

    assert len(fit().epoch) == 3


def test_the_time_of_many_steps_is_said_before_them_without_a_limit(
    tiny, blobs, steps_take, capsys
):
    steps_take(step=0.5, validation=2.0)
    classifier = tiny(TRAINS)

    classifier.fit(*blobs(64), validation_data=blobs(seed=1), batch_size=2, verbose=2)

    told = " ".join(capsys.readouterr().out.split())
    assert "10 gradient epochs of 32 steps: about 3 min 0 s." in told
    assert told.index("10 gradient epochs") < told.index("Epoch 1/10")
