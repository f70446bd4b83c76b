"""Trainings with a time limit: whether it is kept, and what it is worth."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from typing import TypedDict

import keras

import transferleaf as tl
from benchmarks.second_order.draws import Draw
from benchmarks.speed.machine import describe_machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One training to make.

    Attributes:
        photos_a_class: Training photos of each class; all if ``None``.
        seconds: The limit.
        image_size: In pixels; ``None`` to let the fit choose.
        one_core: Whether the command runs on one core, for example with ``taskset -c 0``.
    """

    photos_a_class: int | None
    seconds: int
    image_size: int | None = None
    one_core: bool = False

    @property
    def key(self) -> str:
        """The key of the result."""
        size = "chosen" if self.image_size is None else f"{self.image_size} px"
        cores = "; one core" if self.one_core else ""
        return f"limits; {self.photos_a_class or 'all'}; {self.seconds}; {size}{cores}"


LIMITS = (
    *(Limit(photos_a_class=60, seconds=seconds) for seconds in (30, 60, 120)),
    *(Limit(photos_a_class=200, seconds=seconds) for seconds in (30, 60, 120)),
    *(Limit(photos_a_class=None, seconds=seconds) for seconds in (30, 60, 120, 300, 900)),
    *(
        Limit(photos_a_class=None, seconds=seconds, image_size=size, one_core=True)
        for seconds in (30, 60)
        for size in (None, 224)
    ),
)


class Limited(TypedDict):
    """One training with a time limit.

    ``photos`` are all training photos, ``seconds`` those of the fit, ``policy`` the quadrant that
    was chosen, and ``image_size`` the size that was used.
    """

    measurement: str
    photos: int
    photos_a_class: int | None
    image_size: int
    size_chosen: bool
    one_core: bool
    machine: str
    limit: float
    seconds: float
    policy: str
    accuracy: float
    epochs: list[object]


def is_possible(limit: Limit) -> bool:
    """Return whether this process has the cores for a training."""
    return limit.one_core == (len(os.sched_getaffinity(0)) == 1)


def limited_fit(data: tl.LeafDataset, draw: Draw, limit: Limit) -> Limited:
    """Train with ``freeze="auto"`` and a time limit, from an empty store."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(draw.seed)
    clf = tl.TransferClassifier(
        classes=data.classes,
        backbone="efficientnet_lite0",
        image_size=limit.image_size,
        freeze="auto",
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
            time_limit=limit.seconds,
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
        image_size=clf.image_size,
        size_chosen=limit.image_size is None,
        one_core=limit.one_core,
        machine=describe_machine(),
        limit=limit.seconds,
        seconds=seconds,
        policy=clf.freeze.quadrant.value,
        accuracy=float(right.mean()),
        epochs=[],
    )
