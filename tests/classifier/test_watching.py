"""Callbacks, output and interrupts during training."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest

import transferleaf as tl
from tests.classifier.policies import POLICIES
from transferleaf.errors import FrozenWeightsMovedError


def test_the_plan_is_printed_and_its_proof(tiny, blobs, capsys):
    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))

    classifier.fit(*blobs(), verbose=1)

    told = capsys.readouterr().out
    assert "quadrant IV (small data, high similarity): tiny, 3 classes" in told
    assert "Verified: all 15 frozen weights and statistics" in told


def test_verbose_0_prints_nothing(tiny, blobs, capsys):
    tiny(tl.FreezePolicy.train_last(stages=1)).fit(*blobs(), epochs=1, verbose=0)

    assert capsys.readouterr().out == ""


def test_a_callback_that_writes_to_frozen_weights_is_caught(tiny, blobs):
    class Vandal(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            kernel = self.model.backbone.model.get_layer("low_conv").kernel
            kernel.assign(kernel * 1.01)

    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))

    with pytest.raises(FrozenWeightsMovedError, match="low_conv/kernel"):
        classifier.fit(*blobs(), callbacks=[Vandal()], verbose=0)


def test_keras_callbacks_work_and_see_the_classifier(tiny, blobs, tmp_path):
    seen = []

    class Watcher(keras.callbacks.Callback):
        def on_head_solved(self, logs):
            seen.append((sorted(logs), self.model))

        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, self.model))

    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    classifier.fit(
        *blobs(),
        validation_data=blobs(seed=1),
        epochs=2,
        verbose=0,
        callbacks=[
            Watcher(),
            keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
            keras.callbacks.CSVLogger(tmp_path / "log.csv"),
            keras.callbacks.TensorBoard(tmp_path / "board"),
            keras.callbacks.EarlyStopping(monitor="val_loss", patience=5),
        ],
    )

    names = ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert seen == [(names, classifier), (0, classifier), (1, classifier)]
    assert sorted(path.name for path in tmp_path.glob("*.keras")) == ["1.keras", "2.keras"]
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 3
    assert list((tmp_path / "board").rglob("events.out.*"))


def test_early_stopping_by_a_callback_ends_all_phases(tiny, blobs):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    classifier = tiny(tl.FreezePolicy.train_last(stages=1))

    history = classifier.fit(*blobs(), epochs=3, callbacks=[Stop()], verbose=0)

    assert history.epoch == [0]


def test_a_callback_that_restores_its_own_weights_does_not_replace_the_best(tiny, blobs):
    stop = keras.callbacks.EarlyStopping("loss", patience=1, restore_best_weights=True)
    classifier = tiny(tl.FreezePolicy.train_all(learning_rate=1.0, warmup_epochs=0, epochs=3))

    classifier.fit(*blobs(), validation_data=blobs(seed=1), callbacks=[stop], verbose=0)

    kept = classifier.evaluate(*blobs(seed=1), verbose=0, return_dict=True)
    assert kept["accuracy"] == max(classifier.history.curve("val_accuracy"))
    assert stop.best_weights is not None


def test_an_interrupt_leaves_the_best_weights_and_the_compiled_model(tiny, blobs):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    classifier = tiny(tl.FreezePolicy.train_all(learning_rate=1.0, warmup_epochs=0))

    with pytest.raises(KeyboardInterrupt):
        classifier.fit(*blobs(), validation_data=blobs(seed=1), callbacks=[Interrupt()], verbose=0)

    kept = classifier.evaluate(*blobs(seed=1), verbose=0, return_dict=True)
    assert kept["accuracy"] == max(classifier.history.curve("val_accuracy"))


def test_the_progress_bar_counts_gradient_epochs(tiny, blobs, capsys):
    tiny(tl.FreezePolicy.train_last(stages=1)).fit(*blobs(), epochs=2, verbose=2)

    told = capsys.readouterr().out
    assert re.search(r"Solved head: .*loss \d", told)  # in the order of the metrics of Keras
    assert ("Epoch 1/2" in told, "Epoch 2/2" in told, "/3" in told) == (True, True, False)


def test_an_interrupt_before_anything_was_trained_says_so(tiny, blobs, capsys):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny().fit(*blobs(), callbacks=[Interrupt()], verbose=1)

    assert (
        "The classifier has the weights of the start: nothing was trained"
        in capsys.readouterr().out
    )


def test_epochs_without_effect_are_reported(tiny, blobs, capsys):
    tiny(tl.FreezePolicy.for_quadrant("IV")).fit(*blobs(), epochs=10, verbose=1)

    assert "no gradient epochs, so epochs=10 has no effect" in capsys.readouterr().out


def test_an_interrupt_in_the_first_epoch_leaves_the_weights_of_the_start(tiny, blobs, capsys):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    classifier = tiny(POLICIES["from scratch"])
    before = classifier.get_weights()

    with pytest.raises(KeyboardInterrupt):
        classifier.fit(*blobs(), callbacks=[Interrupt()], verbose=2)

    assert "the weights of the start: nothing was trained" in capsys.readouterr().out
    for weight, start in zip(classifier.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, start)


def test_an_interrupt_says_how_to_continue(tiny, blobs, tmp_path, capsys):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny().fit(*blobs(), callbacks=[Interrupt()], verbose=2, resume=tmp_path / "fit")

    told = "".join(capsys.readouterr().out.split())
    assert f"withresume='{tmp_path / 'fit'}',continuesafterthelastcompleteepoch." in told


def test_numbers_that_callbacks_leave_do_not_stop_a_resumable_fit(tiny, blobs, tmp_path):
    class Note(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["mine"] = np.float32(0.5)

    classifier = tiny()

    history = classifier.fit(*blobs(), callbacks=[Note()], verbose=0, resume=tmp_path / "fit")

    assert history.history["mine"] == [0.5]


def test_why_the_head_was_kept_is_known_after_an_interrupt(tiny, blobs, tmp_path, capsys):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    def fit(folder, **options):
        keras.utils.set_random_seed(7)
        classifier = tiny(tl.FreezePolicy.train_all(learning_rate=1.0, warmup_epochs=0))
        photos = {"validation_data": blobs(30, seed=1)}
        classifier.fit(*blobs(), **photos, epochs=2, seed=0, resume=folder, **options)
        told = capsys.readouterr().out
        return " ".join(told[told.index("Best:") : told.index("Photos per second")].split())

    whole = fit(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path / "fit", callbacks=[Interrupt()])
    capsys.readouterr()

    assert "has a lower accuracy" in whole
    assert fit(tmp_path / "fit") == whole
    assert fit(tmp_path / "fit") == whole  # there is nothing left to train


def test_a_fit_resumed_in_another_process_solves_the_head_on_the_saved_weights(
    tiny, leaf_folder, tmp_path, monkeypatch
):
    def solve(seed, folder):
        keras.utils.set_random_seed(seed)  # the random weights of the backbone
        classifier = tiny(tl.FreezePolicy.freeze_base())
        classifier.fit(tl.open_leaves(leaf_folder), verbose=0, seed=0, resume=folder)
        return classifier.get_weights()

    whole = solve(1, tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr("transferleaf.training.run.solve_phase", interrupt)
        with pytest.raises(KeyboardInterrupt):
            solve(1, tmp_path / "fit")

    resumed = solve(2, tmp_path / "fit")

    for expected, found in zip(whole, resumed, strict=True):
        np.testing.assert_array_equal(found, expected)


def interrupt(*_, **__):
    raise KeyboardInterrupt
