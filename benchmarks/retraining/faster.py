"""Ways to make retraining faster, compared with quadrant II as it is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import keras
import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from benchmarks.second_order.draws import Draw
from benchmarks.speed.machine import describe_machine

PHOTOS_A_CLASS = 60

IMAGE_SIZE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One ``fit`` of a schedule. The next one continues from its weights.

    Attributes:
        quadrant: The policy.
        epochs: Gradient epochs; those of the policy if ``None``.
        scale: ``initial_image_scale`` of the policy.
        dtype: The data type policy of Keras.
    """

    quadrant: str = "II"
    epochs: int | None = None
    scale: float = 1.0
    dtype: str = "float32"


ONE_SIZE, SMALLER_FIRST = "8 epochs at 160 px", "5 epochs at 112 px, then 3 at 160 px"

SCHEDULES: Mapping[str, Sequence[Part]] = {
    ONE_SIZE: [Part()],
    SMALLER_FIRST: [Part(scale=0.7)],
    "3 epochs of II, 3 of I, 2 of III": [
        Part(epochs=3),
        Part(epochs=3, quadrant="I"),
        Part(epochs=2, quadrant="III"),
    ],
    "2 epochs in bfloat16": [Part(epochs=2, dtype="mixed_bfloat16")],
}
"""The schedules by their names on the page. All have 8 epochs, except the last, which is slow."""

SEEDS: Mapping[str, int] = {ONE_SIZE: 3, SMALLER_FIRST: 3}
"""Number of trainings of a schedule, each with other photos; 1 for the others."""


class Scheduled(TypedDict):
    """The result of one schedule.

    ``last_accuracy`` is the accuracy after the last epoch, which is not always the best one.
    """

    measurement: str
    policy: str
    photos: int
    photos_a_class: int | None
    machine: str
    seed: int
    accuracy: float
    last_accuracy: float
    loss: float
    seconds: dict[str, float]
    epochs: list[object]


def scheduled_fit(data: tl.LeafDataset, draw: Draw, title: str) -> Scheduled:
    """Train with one of ``SCHEDULES``, from an empty store."""
    train, validation, test = (
        data.subset(rows) for rows in (draw.train, draw.validation, draw.test)
    )
    seconds: dict[str, float] = {}
    before: tl.TransferClassifier | None = None
    last = _LastEpoch(test)
    with tempfile.TemporaryDirectory() as cache:
        for number, part in enumerate(SCHEDULES[title], start=1):
            began = time.perf_counter()
            clf = _built(data.classes, part, draw.seed)
            if before is not None:
                clf.set_weights(before.get_weights())
            last.seconds = 0.0
            clf.fit(
                train,
                validation_data=validation,
                epochs=part.epochs,
                seed=draw.seed,
                cache=cache,
                callbacks=[last],
                verbose=0,
            )
            seconds[f"part {number}"] = time.perf_counter() - began - last.seconds
            before = clf
    probabilities = clf.predict(test, verbose=0)
    own = probabilities[np.arange(len(test)), test.labels]
    return Scheduled(
        measurement="faster",
        policy=title,
        photos=len(train),
        photos_a_class=draw.photos_a_class,
        machine=describe_machine(),
        seed=draw.seed,
        accuracy=_accuracy(probabilities, test),
        last_accuracy=last.accuracy,
        loss=float(-np.log(np.clip(own, 1e-12, None)).mean()),
        seconds={"total": sum(seconds.values()), **seconds},
        epochs=[],
    )


def _built(classes: Sequence[str], part: Part, seed: int) -> tl.TransferClassifier:
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(part.dtype)
    try:
        return tl.TransferClassifier(
            classes=classes,
            backbone="efficientnet_lite0",
            image_size=IMAGE_SIZE,
            freeze=tl.FreezePolicy.for_quadrant(part.quadrant, initial_image_scale=part.scale),
        )
    finally:
        keras.config.set_dtype_policy("float32")


class _LastEpoch(keras.callbacks.Callback):
    """Measures the accuracy after the last epoch."""

    def __init__(self, test: tl.LeafDataset) -> None:
        super().__init__()
        self.test = test
        self.accuracy = self.seconds = 0.0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.params["epochs"] - 1:
            began = time.perf_counter()
            self.accuracy = _accuracy(self.model.predict(self.test, verbose=0), self.test)
            self.seconds = time.perf_counter() - began


def _accuracy(probabilities: NDArray[np.float32], photos: tl.LeafDataset) -> float:
    return float((probabilities.argmax(axis=1) == photos.labels).mean())
