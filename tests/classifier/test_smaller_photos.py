"""Fits whose first epochs use smaller photos."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from tests.classifier.policies import CLASSES, STAGES
from transferleaf.training.phases import epochs as batches
from transferleaf.training.phases import gradient_phase

SIZE, SMALLER = 128, 96
POLICY = tl.FreezePolicy.train_all(epochs=5, initial_image_scale=0.75, learning_rate=1e-3)


@pytest.fixture
def large(tiny_network):
    """Builds a classifier for photos of 128 px."""

    def build(freeze=POLICY):
        keras.utils.set_random_seed(7)
        return tl.TransferClassifier(
            classes=CLASSES, backbone=tiny_network(SIZE), stages=STAGES, freeze=freeze
        )

    return build


@pytest.fixture
def photos(blobs):
    """Training and validation photos."""
    return {
        "x": blobs(24, size=SIZE)[0],
        "y": blobs(24, size=SIZE)[1],
        "validation_data": blobs(12, size=SIZE, seed=1),
    }


@pytest.fixture
def sizes(monkeypatch):
    """The sizes of the photos of all epochs: training and validation, in order."""
    seen = []
    resized = batches._sized

    def watched(given, size):
        seen.append(size)
        return resized(given, size)

    monkeypatch.setattr(batches, "_sized", watched)
    return seen


def test_only_the_training_photos_of_the_first_epochs_are_smaller(large, photos, sizes):
    classifier = large()

    history = classifier.fit(**photos, seed=3, verbose=0)

    assert sizes == 3 * [SMALLER, SIZE] + 2 * [SIZE, SIZE]
    assert len(history.epoch) == 5
    assert classifier.plan.phases[-1].initial_image_size == SMALLER
    assert classifier.predict(photos["x"], verbose=0).shape == (24, 3)


def test_validation_results_are_those_of_full_size_photos(large, photos):
    classifier = large()
    seen = []

    class Watcher(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            x, y = photos["validation_data"]
            own = self.model.predict(x, verbose=0)[np.arange(len(y)), y]
            seen.append((logs["val_loss"], -np.log(own).mean()))

    classifier.fit(**photos, seed=3, verbose=0, callbacks=[Watcher()])

    logged, measured = zip(*seen, strict=True)
    # Near 1, float32 probabilities are 6e-8 apart, which is much of a loss of 1e-5.
    np.testing.assert_allclose(logged, measured, rtol=1e-3, atol=1e-6)


class Stopped(keras.callbacks.Callback):
    """Interrupts training after two epochs, as Ctrl-C does."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt


def test_an_interrupted_fit_continues_with_the_size_of_its_epoch(large, photos, tmp_path, sizes):
    whole = large()
    whole.fit(**photos, seed=3, verbose=0)
    sizes.clear()
    with pytest.raises(KeyboardInterrupt):
        large().fit(**photos, seed=3, verbose=0, resume=tmp_path, callbacks=[Stopped()])

    continued = large()
    continued.fit(**photos, seed=3, verbose=0, resume=tmp_path)

    assert sizes[-6:] == [SMALLER, SIZE] + 2 * [SIZE, SIZE]
    for ours, theirs in zip(continued.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_a_time_limit_measures_steps_on_smaller_photos_too(large, photos, monkeypatch):
    seen = []
    measure = gradient_phase.measure_steps

    def measured(*arguments):
        seen.append(measure(*arguments))
        return seen[-1]

    monkeypatch.setattr(gradient_phase, "measure_steps", measured)

    large().fit(**photos, seed=3, verbose=0, time_limit=600)

    (times,) = seen
    assert times.small_step is not None
    assert times.small_step > 0


def test_the_solved_head_starts_the_same_with_and_without_smaller_photos(large, photos):
    results = [
        large(tl.FreezePolicy.train_all(epochs=2, initial_image_scale=scale))
        .fit(**photos, seed=3, verbose=0)
        .head
        for scale in (1.0, 0.75)
    ]

    assert results[0] == results[1]
