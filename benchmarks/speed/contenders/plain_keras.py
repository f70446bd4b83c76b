"""Plain Keras, as in its guide to transfer learning, with a cached data set."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

import transferleaf as tl
from benchmarks.speed.clock import EpochClock, reckoned_seconds, start, steady_step
from benchmarks.speed.contenders.policies import trained_layers
from benchmarks.speed.contenders.step_times import StepTimes
from benchmarks.speed.folders import class_names
from benchmarks.speed.job import Answer, Job, Places, answer_command_line
from transferleaf.backbones import PixelNormalization, build_backbone
from transferleaf.training.phases.trainability import apply_trainability

VERSIONS = {"Keras": keras.__version__, "TensorFlow": tf.__version__}

# The guide's rate for a new head, and a small rate for a pretrained network.
RATES = {"head": 1e-3, "last two stages": 1e-4, "all but batch norm": 1e-4, "everything": 1e-4}

WARM_UP = 4
TUNING_STEPS = 6


class EpochEnds(keras.callbacks.Callback):
    """Marks the start of the first epoch and the end of each epoch, including validation."""

    def __init__(self, clock: EpochClock) -> None:
        super().__init__()
        self._clock = clock

    def on_train_begin(self, logs: Any = None) -> None:
        """Mark the start of the first epoch."""
        self._clock.mark()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Mark the end of an epoch."""
        self._clock.mark()


def work(job: Job, places: Places) -> Answer:
    keras.utils.set_random_seed(job.seed)
    tasks = {"fit": fit, "steps": steps, "predict": predict, "tune": tune}
    return tasks[job.task](job, places)


def fit(job: Job, places: Places) -> Answer:
    model = build(job, classes=len(class_names(places.photos)))
    clock = EpochClock()
    history = model.fit(
        photos(places.photos / "train", job).cache().prefetch(tf.data.AUTOTUNE),
        validation_data=photos(places.photos / "val", job).cache().prefetch(tf.data.AUTOTUNE),
        epochs=job.epochs_run,
        callbacks=[EpochEnds(clock)],
        verbose=0,
    )
    accuracy = None
    if job.weights and job.epochs_run == job.epochs:
        test = photos(places.photos / "test", job)
        accuracy = model.evaluate(test, verbose=0, return_dict=True)["accuracy"]
    return Answer(
        seconds=reckoned_seconds(clock.before, clock.epochs, epochs=job.epochs),
        epoch_seconds=clock.epochs,
        accuracy=accuracy,
        curve=tuple(history.history["val_accuracy"]),
        versions=VERSIONS,
    )


def steps(job: Job, places: Places) -> Answer:
    model = build(job, classes=len(class_names(places.photos)))
    times = StepTimes()
    data = photos(places.photos / "train", job).cache().prefetch(tf.data.AUTOTUNE)
    model.fit(data, epochs=job.epochs, callbacks=[times], verbose=0)
    return Answer(step_seconds=steady_step(times.seconds, warm_up=WARM_UP), versions=VERSIONS)


def predict(job: Job, places: Places) -> Answer:
    model = build(job, classes=30)
    began = start()
    data = keras.utils.image_dataset_from_directory(
        places.photos,
        labels=None,
        shuffle=False,
        image_size=(job.image_size, job.image_size),
        batch_size=job.batch_size,
        verbose=False,
    )
    model.predict(data.prefetch(tf.data.AUTOTUNE), verbose=0)
    return Answer(seconds=time.perf_counter() - began, versions=VERSIONS)


def tune(job: Job, places: Places) -> Answer:
    """Try with and without XLA at a batch size of 32, and the faster one at 64."""
    tried: dict[tuple[int, bool], float] = {}
    # Keras' default, "auto", means no XLA without a GPU.
    for xla in (True, False):
        tried[32, xla] = speed(job, places, batch_size=32, xla=xla)
    _, better = max(tried, key=tried.__getitem__)
    tried[64, better] = speed(job, places, batch_size=64, xla=better)
    batch_size, xla = max(tried, key=tried.__getitem__)
    names = {True: "XLA", False: "no XLA"}
    return Answer(
        fastest={"batch_size": batch_size, "xla": xla},
        tried={f"batch {size}, {names[xla]}": value for (size, xla), value in tried.items()},
        versions=VERSIONS,
    )


def speed(job: Job, places: Places, *, batch_size: int, xla: bool) -> float:
    """Return the training photos per second, over a few steps of a second epoch."""
    model = build(replace(job, xla=xla), classes=len(class_names(places.photos)))
    data = photos(places.photos / "train", job, batch_size=batch_size)
    # Without the last, smaller batch, for which XLA would compile separately.
    few = data.take(max(1, min(TUNING_STEPS, len(data) - 1))).cache()
    times = StepTimes()
    model.fit(few, epochs=2, callbacks=[times], verbose=0)
    return batch_size / steady_step(times.seconds, warm_up=len(times.seconds) // 2)


def photos(folder: Path, job: Job, *, batch_size: int | None = None) -> tf.data.Dataset:
    return keras.utils.image_dataset_from_directory(
        folder,
        label_mode="categorical",
        image_size=(job.image_size, job.image_size),
        batch_size=batch_size or job.batch_size,
        seed=job.seed,
        verbose=False,
    )


def build(job: Job, *, classes: int) -> keras.Model:
    backbone = build_backbone(
        tl.get_backbone(job.backbone), image_size=job.image_size, weights=job.weights
    )
    base = keras.Model(backbone.model.input, backbone.model.outputs[-1])
    if job.trained in ("head", "everything"):
        base.trainable = job.trained == "everything"
    else:
        apply_trainability(backbone.model, trained_layers(job, backbone, classes=classes))
    inputs = keras.Input((job.image_size, job.image_size, 3))
    x = PixelNormalization(backbone.pixels)(inputs)
    x = base(x, training=False) if job.trained != "everything" else base(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.2)(x)
    model = keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(x))
    model.compile(
        optimizer=keras.optimizers.Adam(RATES[job.trained]),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=job.xla,
    )
    return model


if __name__ == "__main__":
    answer_command_line(work)
