"""Fits on one device and on two, which need a separate process.

Prints the losses of both as JSON for each policy.
"""

from __future__ import annotations

import json

import keras
import tensorflow as tf

import transferleaf as tl
from tests.training.killed_fit import network, photos

POLICIES = {
    "head": tl.FreezePolicy.freeze_base(),
    "late stages": tl.FreezePolicy.train_last(stages=1),
    "everything": tl.FreezePolicy.train_all(),
}


def losses(strategy: tf.distribute.Strategy, policy: tl.FreezePolicy) -> dict[str, list[float]]:
    keras.utils.set_random_seed(1)
    with strategy.scope():
        classifier = tl.TransferClassifier(
            classes=["a", "b", "c"],
            backbone=network(),
            stages=["low_out", "high_out"],
            freeze=policy,
        )
        # Adam would amplify rounding errors of small gradients.
        classifier.compile(keras.optimizers.SGD(1e-3), "sparse_categorical_crossentropy")
    history = classifier.fit(
        *photos(64, 0), validation_data=photos(32, 1), epochs=2, seed=1, verbose=0
    )
    return {name: history.history[name] for name in ("loss", "val_loss")}


if __name__ == "__main__":
    one = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(one, two)
    alone, together = (
        tf.distribute.get_strategy(),
        tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]),
    )
    found = {
        name: [losses(strategy, policy) for strategy in (alone, together)]
        for name, policy in POLICIES.items()
    }
    print(json.dumps(found))
