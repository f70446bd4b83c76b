"""Trainings with a time limit: whether it is kept, and what it is worth."""

from __future__ import annotations

import tempfile
import time
from typing import TypedDict

import keras

import transferleaf as tl
from benchmarks.second_order.draws import Draw
from benchmarks.speed.machine import describe_machine

IMAGE_SIZE = 160
LIMITS = {
    (60, IMAGE_SIZE): (30, 60, 120),
    (200, IMAGE_SIZE): (30, 60, 120),
    (None, IMAGE_SIZE): (30, 60, 120, 300, 900),
    (None, 96): (30, 60),
}
"""Seconds to try, by photos of each class and image size. Smaller images take less time."""


class Limited(TypedDict):
    """One training with a time limit.

    ``photos`` are all training photos, ``seconds`` those of the fit, ``policy`` the quadrant that
    the advice chose.
    """

    measurement: str
    photos: int
    photos_a_class: int | None
    image_size: int
    machine: str
    limit: float
    seconds: float
    policy: str
    accuracy: float
    epochs: list[object]


def limited_fit(data: tl.LeafDataset, draw: Draw, limit: float, *, image_size: int) -> Limited:
    """Train with ``freeze="auto"`` and a time limit, from an empty store."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(draw.seed)
    clf = tl.TransferClassifier(
        classes=data.classes, backbone="efficientnet_lite0", image_size=image_size, freeze="auto"
    )
    train, validation, test = (
        data.subset(rows) for rows in (draw.train, draw.validation, draw.test)
    )
    with tempfile.TemporaryDirectory() as cache:
        began = time.perf_counter()
        clf.fit(
            train,
            validation_data=validation,
            seed=draw.seed,
            time_limit=limit,
            cache=cache,
            verbose=0,
        )
        seconds = time.perf_counter() - began
    right = clf.predict(test, verbose=0).argmax(axis=1) == test.labels
    assert clf.freeze.quadrant is not None
    return Limited(
        measurement="limits",
        photos=len(train),
        photos_a_class=draw.photos_a_class,
        image_size=image_size,
        machine=describe_machine(),
        limit=limit,
        seconds=seconds,
        policy=clf.freeze.quadrant.value,
        accuracy=float(right.mean()),
        epochs=[],
    )
