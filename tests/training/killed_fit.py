"""A fit in a separate process, which is killed: ``killed_fit.py RESUME OUTPUT EPOCH BATCH``.

It kills itself at the given batch of the given epoch, or never if the epoch is -1, and writes its
final weights.
"""

from __future__ import annotations

import os
import signal
import sys

import keras
import numpy as np

import transferleaf as tl


class Kill(keras.callbacks.Callback):
    def __init__(self, epoch: int, batch: int):
        super().__init__()
        self.when = (epoch, batch)
        self.epoch = 0

    def on_head_solved(self, logs):
        self.epoch = -1
        self.on_train_batch_end(-1)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.on_train_batch_end(-1)

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.when:
            os.kill(os.getpid(), signal.SIGKILL)


def network() -> keras.Model:
    x = inputs = keras.Input((16, 16, 3))
    for stage, filters in [("low", 4), ("high", 8)]:
        x = keras.layers.Conv2D(filters, 3, strides=2, name=f"{stage}_conv")(x)
        x = keras.layers.BatchNormalization(name=f"{stage}_bn")(x)
        x = keras.layers.Activation("relu", name=f"{stage}_out")(x)
    return keras.Model(inputs, x)


def photos(n: int, seed: int):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    images = rng.integers(0, 200, (n, 16, 16, 3))
    images[np.arange(n), :, :, labels] += 55
    return images.astype("uint8"), labels


def main(resume: str, output: str, epoch: str, batch: str) -> None:
    keras.utils.set_random_seed(1)
    classifier = tl.TransferClassifier(
        classes=["a", "b", "c"],
        backbone=network(),
        stages=["low_out", "high_out"],
        freeze=tl.FreezePolicy.for_quadrant("III", trainable_stages=1, epochs=3, views=2),
        augment=tl.Augmentation(flip="horizontal"),
    )
    history = classifier.fit(
        *photos(60, 0),
        validation_data=photos(30, 1),
        batch_size=16,
        seed=3,
        verbose=0,
        resume=resume,
        callbacks=[Kill(int(epoch), int(batch))],
    )
    np.savez(output, *classifier.get_weights(), loss=history.history["loss"])


if __name__ == "__main__":
    main(*sys.argv[1:])
