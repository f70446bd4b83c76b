"""Plain Keras, as in its guide to transfer learning: the head first, then everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

import transferleaf as tl
from benchmarks.peers.curve import Curve, Recorder, answer_command_line
from benchmarks.speed.folders import class_names
from benchmarks.speed.job import Places
from transferleaf.backbones import PixelNormalization, build_backbone

VERSIONS = {"Keras": keras.__version__, "TensorFlow": tf.__version__}


class Tests(keras.callbacks.Callback):
    """Evaluates the test photos after each epoch, while the clock stops."""

    def __init__(self, recorder: Recorder, test: tf.data.Dataset, trained: str) -> None:
        super().__init__()
        self._recorder, self._test, self._trained = recorder, test, trained

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Record a point."""
        self._recorder.stop()
        found = self.model.evaluate(self._test, verbose=0, return_dict=True)
        self._recorder.record(self._trained, accuracy=found["accuracy"], loss=found["loss"])


def train(
    places: Places,
    *,
    backbone: str,
    image_size: int,
    batch_size: int,
    head_epochs: int,
    epochs: int,
    head_rate: float,
    rate: float,
) -> Curve:
    keras.utils.set_random_seed(0)
    model, base = build(backbone, image_size, classes=len(class_names(places.photos)))
    recorder = Recorder()
    train = photos(places.photos / "train", image_size, batch_size=None).cache()
    train = train.shuffle(len(train)).batch(batch_size)
    train = train.map(augmented, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)
    test = photos(places.photos / "test", image_size, batch_size=batch_size)
    for trained, its_epochs, its_rate in (("head", head_epochs, head_rate), ("all", epochs, rate)):
        base.trainable = trained == "all"
        model.compile(
            optimizer=keras.optimizers.Adam(its_rate),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        tests = Tests(recorder, test, trained)
        model.fit(train, epochs=its_epochs, callbacks=[tests], verbose=0)
    return Curve(points=tuple(recorder.points), versions=VERSIONS)


def build(backbone: str, image_size: int, *, classes: int) -> tuple[keras.Model, keras.Model]:
    """Return the network and its base."""
    built = build_backbone(tl.get_backbone(backbone), image_size=image_size, weights="imagenet")
    base = keras.Model(built.model.input, built.model.outputs[-1])
    inputs = keras.Input((image_size, image_size, 3))
    x = PixelNormalization(built.pixels)(inputs)
    x = base(x, training=False)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.2)(x)
    return keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(x)), base


def photos(folder: Path, image_size: int, *, batch_size: int | None) -> tf.data.Dataset:
    return keras.utils.image_dataset_from_directory(
        folder,
        image_size=(image_size, image_size),
        batch_size=batch_size,
        shuffle=False,
        verbose=False,
    )


FLIP = keras.layers.RandomFlip("horizontal")
ROTATE = keras.layers.RandomRotation(0.1)


def augmented(images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return ROTATE(FLIP(images, training=True), training=True), labels


if __name__ == "__main__":
    answer_command_line(train)
