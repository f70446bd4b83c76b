"""Heads on a frozen base with different numbers of photos and image sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import keras

import transferleaf as tl
from benchmarks.second_order.draws import Draw
from benchmarks.speed.machine import describe_machine

IMAGE_SIZES = (64, 96, 128, 160)
"""In pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeTrials:
    """The trainings with one photo set.

    Attributes:
        photos_a_class: Numbers of training photos of each class; all if ``None``.
        seeds: How often photos are drawn.
    """

    photos_a_class: tuple[int | None, ...]
    seeds: int


SETS = {
    "plantvillage-large": SizeTrials(photos_a_class=(2, 4, 8, 15, 30, 60, 120, None), seeds=2),
    "field-mini": SizeTrials(photos_a_class=(2, 4, 8, 15, None), seeds=4),
    "dissimilar-mini": SizeTrials(photos_a_class=(2, 4, 8, 15, 30, None), seeds=4),
}


class Sized(TypedDict):
    """One training with an image size."""

    measurement: str
    data: str
    image_size: int
    photos_a_class: int | None
    photos: int
    seed: int
    accuracy: float
    machine: str


def sized_fit(name: str, data: tl.LeafDataset, draw: Draw, image_size: int, cache: str) -> Sized:
    """Solve a head on drawn photos of a size, and test it on others."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(draw.seed)
    clf = tl.TransferClassifier(
        classes=data.classes, backbone="efficientnet_lite0", image_size=image_size, freeze="IV"
    )
    train, validation, test = (
        data.subset(rows) for rows in (draw.train, draw.validation, draw.test)
    )
    clf.fit(train, validation_data=validation, seed=draw.seed, cache=cache, verbose=0)
    right = clf.predict(test, verbose=0).argmax(axis=1) == test.labels
    return Sized(
        measurement="sizes",
        data=name,
        image_size=image_size,
        photos_a_class=draw.photos_a_class,
        photos=len(train),
        seed=draw.seed,
        accuracy=float(right.mean()),
        machine=describe_machine(),
    )
