"""The user's own optimizer and loss."""

from __future__ import annotations

import keras

import transferleaf as tl
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
    assert history.epoch == [0, 1, 2]
    assert isinstance(classifier.optimizer, keras.optimizers.SGD)


def test_a_categorical_loss_of_the_user_gets_class_shares(tiny, blobs):
    classifier = tiny(tl.FreezePolicy.train_last(stages=1))
    classifier.compile("adam", keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])

    history = classifier.fit(*blobs(), validation_data=blobs(seed=1), epochs=1, verbose=0)

    assert history.history["val_accuracy"][-1] > 0.9
