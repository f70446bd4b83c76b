"""Training with the user's optimizer and loss."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl
from transferleaf.errors import ConfigError, ResumeMismatchError
from transferleaf.freezing import Method


def test_the_users_compile_is_respected(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.for_quadrant("IV"))
    classifier.compile(
        optimizer=keras.optimizers.SGD(0.01),
        loss="sparse_categorical_crossentropy",
        metrics=[keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top2")],
    )

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=2, verbose=0)

    assert [phase.method for phase in classifier.plan.phases] == [Method.SOLVE, Method.GRADIENT]
    assert set(history.history) == {"loss", "top2", "val_loss", "val_top2"}
    assert history.epoch == [0, 1]
    assert isinstance(classifier.optimizer, keras.optimizers.SGD)


def test_the_step_of_a_phase_is_traced_once(tiny, blobs):
    traced = []

    def loss(labels, probabilities):
        if not hasattr(probabilities, "numpy"):  # a symbolic tensor
            traced.append(labels)
        return keras.losses.sparse_categorical_crossentropy(labels, probabilities)

    loss.__name__ = "sparse_loss"
    classifier = tiny(tl.FreezePolicy.for_quadrant("I", epochs=2, patience=None))
    classifier.compile(optimizer="adam", loss=loss, metrics=["accuracy"])

    classifier.fit(*blobs(), epochs=2, verbose=0)

    assert len(traced) == 1


def test_a_categorical_loss_of_the_user_gets_class_shares(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    classifier.compile("adam", keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)

    assert history.history["val_accuracy"][-1] > 0.9


def test_the_default_loss_is_cross_entropy(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    classifier.compile(optimizer=keras.optimizers.SGD(0.01))

    history = classifier.fit(*blobs(), epochs=1, verbose=0)

    assert classifier.loss == "categorical_crossentropy"
    assert 0 < history.history["loss"][-1] < 1


def test_a_fit_without_a_loss_is_refused(tiny, blobs):
    classifier = tiny()
    classifier.compile("adam", loss=None)

    with pytest.raises(ConfigError, match=r"loss=None must be a Keras loss; leave it out of"):
        classifier.fit(*blobs(), verbose=0)


def test_averaged_weights_are_refused(tiny, blobs):
    classifier = tiny()
    classifier.compile(keras.optimizers.SGD(use_ema=True), "sparse_categorical_crossentropy")

    with pytest.raises(ConfigError, match="use_ema=True must be False"):
        classifier.fit(*blobs(), verbose=0)


@pytest.mark.parametrize(
    ("changed", "difference"),
    [({"rate": 0.1}, "compile"), ({"dropout": 0.5}, "dropout")],
    ids=["another optimizer", "another dropout"],
)
def test_a_fit_with_other_settings_is_not_resumed(tiny, blobs, tmp_path, changed, difference):
    def fit(rate=0.01, dropout=0.0):
        classifier = tiny(dropout=dropout)
        classifier.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
        classifier.fit(*blobs(), epochs=1, seed=1, verbose=0, resume=tmp_path / "fit")

    fit()

    with pytest.raises(ResumeMismatchError) as caught:
        fit(**changed)

    assert caught.value.differing == (difference,)


def test_a_schedule_without_a_config_trains_and_resumes(tiny, blobs, tmp_path):
    class Constant(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.01

    def fit():
        classifier = tiny()
        classifier.compile(keras.optimizers.SGD(Constant()), "sparse_categorical_crossentropy")
        options = {"epochs": 1, "seed": 1, "verbose": 0, "resume": tmp_path / "fit"}
        classifier.fit(*blobs(), **options)
        return classifier.get_weights()

    for one, other in zip(fit(), fit(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_class_weights_with_keys_of_numpy_can_be_resumed(tiny, blobs, tmp_path):
    images, labels = blobs()
    weights = dict(zip(np.unique(labels), [1.0, 2.0, 3.0], strict=True))

    history = tiny().fit(
        images, labels, class_weight=weights, verbose=0, resume=tmp_path / "fit", seed=1
    )

    assert history.head["accuracy"] > 0.5
