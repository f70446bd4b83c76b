"""Ways to make retraining faster, compared with quadrant II as it is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import keras
import numpy as np

import transferleaf as tl
from benchmarks.second_order.draws import Draw
from benchmarks.speed.machine import describe_machine

PHOTOS_A_CLASS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One ``fit`` of a schedule. The next one continues from its weights.

    Attributes:
        quadrant: The policy.
        epochs: Gradient epochs; those of the policy if ``None``.
        image_size: In pixels.
        dtype: The data type policy of Keras.
    """

    quadrant: str = "II"
    epochs: int | None = None
    image_size: int = 160
    dtype: str = "float32"


SCHEDULES: Mapping[str, Sequence[Part]] = {
    "quadrant II": [Part()],
    "5 epochs at 112 px, then 3 at 160 px": [Part(epochs=5, image_size=112), Part(epochs=3)],
    "3 epochs of II, 3 of I, 2 of III": [
        Part(epochs=3),
        Part(epochs=3, quadrant="I"),
        Part(epochs=2, quadrant="III"),
    ],
    "2 epochs in bfloat16": [Part(epochs=2, dtype="mixed_bfloat16")],
}
"""The schedules by their names on the page. All have 8 epochs, except the last, which is slow."""


class Scheduled(TypedDict):
    """The result of one schedule."""

    measurement: str
    policy: str
    photos: int
    photos_a_class: int | None
    machine: str
    accuracy: float
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
    with tempfile.TemporaryDirectory() as cache:
        for number, part in enumerate(SCHEDULES[title], start=1):
            began = time.perf_counter()
            clf = _built(data.classes, part, draw.seed)
            if before is not None:
                clf.set_weights(before.get_weights())
            clf.fit(
                train,
                validation_data=validation,
                epochs=part.epochs,
                seed=draw.seed,
                cache=cache,
                verbose=0,
            )
            seconds[f"part {number}"] = time.perf_counter() - began
            before = clf
    probabilities = clf.predict(test, verbose=0)
    own = probabilities[np.arange(len(test)), test.labels]
    return Scheduled(
        measurement="faster",
        policy=title,
        photos=len(train),
        photos_a_class=draw.photos_a_class,
        machine=describe_machine(),
        accuracy=float((probabilities.argmax(axis=1) == test.labels).mean()),
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
            image_size=part.image_size,
            freeze=tl.FreezePolicy.for_quadrant(part.quadrant),
        )
    finally:
        keras.config.set_dtype_policy("float32")
