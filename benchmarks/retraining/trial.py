"""One training with one policy on drawn photos, and the accuracy of each of its epochs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, TypedDict

import keras
import numpy as np
from numpy.typing import NDArray

import transferleaf as tl
from benchmarks.second_order.draws import Draw
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.reports.metrics import share_interval

# Test photos and approximate number of epochs for which predictions are stored. The final weights
# predict all photos.
_WATCHED_PHOTOS, _WATCHED_EPOCHS = 1000, 6


class Counts(TypedDict):
    """The predictions of an epoch: which are correct, as packed bits in hexadecimal."""

    photos: int
    right: str
    loss: float


class Score(TypedDict):
    """The result of one training.

    ``epochs`` contains the predictions of the head and of some epochs for validation and test
    photos.
    """

    photos: int
    validation_photos: int
    test_photos: int
    test_leaves: int
    right: int
    accuracy: float
    class_average: float
    low: float
    high: float
    loss: float
    seconds: dict[str, float]
    planned_epochs: int
    epochs: list[dict[str, Counts]]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The settings of a training.

    Attributes:
        policy: The policy.
        image_size: Height and width, in pixels.
        backbone: Name of the backbone.
        epochs: Gradient epochs; those of the policy if ``None``.
        augment: Augmentation of the training photos, if any.
    """

    policy: tl.FreezePolicy
    image_size: int
    backbone: str = "efficientnet_lite0"
    epochs: int | None = None
    augment: tl.Augmentation | None = None

    def run(
        self, data: tl.LeafDataset, draw: Draw, *, cache: str, watched: bool, verbose: int = 0
    ) -> Score:
        """Train on drawn photos, and test on others.

        Args:
            data: All photos.
            draw: The photos for training, validation and test.
            cache: Folder of the feature store.
            watched: Whether each epoch also predicts validation and test photos, which takes time.
            verbose: As in ``fit``.
        """
        keras.utils.set_random_seed(draw.seed)
        clf = tl.TransferClassifier(
            classes=data.classes,
            backbone=self.backbone,
            image_size=self.image_size,
            freeze=self.policy,
            augment=self.augment,
        )
        parts = {name: data.subset(getattr(draw, name)) for name in ("train", "validation", "test")}
        watcher = _Watcher(clf, parts["validation"], parts["test"]) if watched else None
        began = time.perf_counter()
        clf.fit(
            parts["train"],
            validation_data=parts["validation"],
            epochs=self.epochs,
            seed=draw.seed,
            cache=cache,
            callbacks=[watcher] if watcher else None,
            verbose=verbose,
        )
        seconds = time.perf_counter() - began - (watcher.seconds if watcher else 0.0)
        test = parts["test"]
        probabilities = clf.predict(test, verbose=0)
        right = probabilities.argmax(axis=1) == test.labels
        leaves = [leaf or row for row, leaf in enumerate(test.leaves)]
        interval = share_interval(right, groups=leaves)
        own = probabilities[np.arange(len(test)), test.labels]
        assert clf.plan is not None
        return Score(
            photos=len(draw.train),
            validation_photos=len(draw.validation),
            test_photos=len(test),
            test_leaves=len(set(leaves)),
            right=int(right.sum()),
            accuracy=float(right.mean()),
            class_average=float(
                np.mean([right[test.labels == c].mean() for c in set(test.labels)])
            ),
            low=interval.low,
            high=interval.high,
            loss=float(-np.log(np.clip(own, 1e-12, None)).mean()),
            seconds={
                "total": seconds,
                **{record.phase.name: record.seconds for record in clf.records},
            },
            planned_epochs=clf.plan.gradient_epochs,
            epochs=watcher.counts if watcher else [],
        )


class _Watcher(keras.callbacks.Callback):
    """Stores the predictions of the solved head and of each epoch."""

    def __init__(
        self, clf: tl.TransferClassifier, validation: tl.LeafDataset, test: tl.LeafDataset
    ) -> None:
        super().__init__()
        self.seconds = 0.0
        self.counts: list[dict[str, Counts]] = []
        rows = np.random.RandomState(0).permutation(len(test))[:_WATCHED_PHOTOS]
        self._photos = {
            name: (_pixels(part, clf.image_size), np.asarray(part.labels))
            for name, part in (("validation", validation), ("test", test.subset(np.sort(rows))))
        }

    def on_head_solved(self, logs: dict[str, float]) -> None:
        self._ask()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        left = self.params["epochs"] - 1 - epoch
        if left % -(-self.params["epochs"] // _WATCHED_EPOCHS) == 0:
            self._ask()

    def _ask(self) -> None:
        began = time.perf_counter()
        found = {}
        for name, (pixels, labels) in self._photos.items():
            probabilities = self.model.predict(pixels, verbose=0)
            right = probabilities.argmax(axis=1) == labels
            own = probabilities[np.arange(len(labels)), labels]
            found[name] = Counts(
                photos=len(labels),
                right=np.packbits(right).tobytes().hex(),
                loss=float(-np.log(np.clip(own, 1e-12, None)).mean()),
            )
        self.counts.append(found)
        self.seconds += time.perf_counter() - began


def _pixels(data: tl.LeafDataset, size: int) -> NDArray[np.uint8]:
    return np.concatenate(list(read_photos(data.paths, size)))
