"""The batches of an epoch depend only on its seed and number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import transferleaf as tl
from transferleaf.features.frozen import FrozenRows
from transferleaf.features.photos import PhotoArray
from transferleaf.training.feeding.feeds import FeedFormat, IndexedPhotos, open_feed
from transferleaf.training.phases.epochs import PhaseEpochs, PixelEpochs, StoredEpochs, StoredPhotos

CLASSES = ("a", "b", "c")


class Rows:
    """Stored rows in memory: row ``i`` of view ``v`` contains ``100 * v + i``."""

    def __init__(self, view: int, photos: int, *shape: int):
        ones = np.ones((photos, *shape), "float32")
        self.values = ones * (100 * view + np.arange(photos)).reshape(-1, *[1] * len(shape))
        self.shape = self.values.shape

    def take(self, rows):
        return self.values[rows]


def stored(views: int = 1, photos: int = 10, **changes) -> StoredEpochs:
    indexed = IndexedPhotos(
        source=PhotoArray(np.zeros((photos, 4, 4, 3), "uint8")),
        targets=np.eye(3, dtype="float32")[np.arange(photos) % 3],
        weights=np.ones(photos, "float32"),
    )
    rows = [
        FrozenRows(features=Rows(view, photos, 5), maps=Rows(view, photos, 2, 2, 1))
        for view in range(views)
    ]
    values = {
        "photos": StoredPhotos(indexed=indexed, views=rows),
        "validation_photos": StoredPhotos(indexed=indexed, views=rows[:1]),
        "inputs": ("stored_features", "map"),
        "labels": "sparse",
        "class_weight": None,
        "batch_size": 4,
        "seed": 7,
    }
    return StoredEpochs(**{**values, **changes})


def numbers(batches) -> list[int]:
    """Return the numbers in the maps of all photos."""
    return [int(row) for inputs, *_ in batches for row in inputs["map"][:, 0, 0, 0]]


def test_an_epoch_holds_every_photo_once_with_its_label():
    batches = list(stored().train(0))

    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    assert sorted(numbers(batches)) == list(range(10))
    for inputs, labels in batches:
        assert inputs["stored_features"].shape[1:] == (5,)
        np.testing.assert_array_equal(labels, inputs["stored_features"][:, 0] % 3)
        np.testing.assert_array_equal(inputs["stored_features"][:, 1], inputs["map"][:, 1, 1, 0])


def test_an_epoch_can_be_repeated_and_the_next_one_differs():
    first, again, second = (numbers(stored().train(epoch)) for epoch in (0, 0, 1))

    assert first == again
    assert first != second


def test_epochs_take_turns_through_the_views():
    epochs = [numbers(stored(views=3).train(epoch)) for epoch in range(3)]

    seen = sorted(number for epoch in epochs for number in epoch)
    assert seen == [100 * view + photo for view in range(3) for photo in range(10)]
    assert {n // 100 for n in epochs[0]} == {0, 1, 2}


def test_validation_sees_the_photos_themselves_in_order():
    assert numbers(stored(views=3).validation()) == list(range(10))


def test_photos_weigh_as_their_classes_do():
    weight = np.array([1, 2, 3], "float32")

    for _, labels, weights in stored(class_weight=weight).train(0):
        np.testing.assert_array_equal(weights, weight[labels])


def pixels(feed, **changes) -> PixelEpochs:
    values = {
        "feed": feed,
        "validation_feed": feed,
        "image_size": 8,
        "classes": 3,
        "class_weight": None,
        "augment": None,
        "seed": 1,
    }
    return PixelEpochs(**{**values, **changes})


def test_only_the_first_training_photos_are_smaller(blobs):
    form = FeedFormat(classes=CLASSES, image_size=8, labels="sparse")
    usual = pixels(open_feed(*blobs(6, size=8), what="x", form=form, batch_size=6))
    batches = PhaseEpochs(cut=None, usual=usual, initial=replace(usual, train_size=4))

    sizes = []
    for number in range(5):
        epochs = batches.of_epoch(number, 5)
        sizes.append(
            [
                part.element_spec[0]["photos"].shape[1]
                for part in (epochs.train(0), usual.validation())
            ]
        )

    assert sizes == 3 * [[4, 8]] + 2 * [[8, 8]]


def test_smaller_photos_are_averages_of_the_large_ones(blobs):
    form = FeedFormat(classes=CLASSES, image_size=8, labels="sparse")
    usual = pixels(open_feed(*blobs(6, size=8), what="x", form=form, batch_size=6))

    ((large, _),) = usual.train(0)
    ((small, _),) = replace(usual, train_size=4).train(0)

    means = [np.mean(batch["photos"], axis=(1, 2)) for batch in (large, small)]
    np.testing.assert_allclose(*means, atol=5)


@pytest.mark.parametrize("size", [8, 12])
def test_photos_for_the_whole_network_have_its_size(blobs, size):
    form = FeedFormat(classes=CLASSES, image_size=8, labels="sparse")
    feed = open_feed(*blobs(6, size=size), what="x", form=form, batch_size=4)
    epochs = pixels(feed, augment=tl.Augmentation(brightness=0.2))

    first, again, second = (
        np.concatenate([inputs["photos"] for inputs, _ in epochs.train(number)])
        for number in (0, 0, 1)
    )

    assert first.shape == (6, 8, 8, 3)
    np.testing.assert_array_equal(first, again)
    assert (
        np.abs(np.sort(first.mean(axis=(1, 2, 3))) - np.sort(second.mean(axis=(1, 2, 3)))).max()
        > 0.1
    )
