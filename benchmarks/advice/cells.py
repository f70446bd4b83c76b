"""A cell of the grid: one data set at one size, on which all four policies are run."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from dataclasses import dataclass

import keras
import numpy as np

import transferleaf as tl

POLICIES = ("I", "II", "III", "IV")

_TEST = 0.4
_VALIDATION = 0.2
_BATCH = 32
# Enough steps for small data, not too many epochs for large.
_STEPS, _FEWEST_EPOCHS, _MOST_EPOCHS = 100, 5, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where all policies are run.

    Attributes:
        photo_set: Name of the data set.
        per_class: Photos a class to learn from, validation included; ``None``: all.
        seed: Divides the photos, chooses those to learn from, and seeds training.
    """

    photo_set: str
    per_class: int | None
    seed: int

    @property
    def size(self) -> str:
        """The size, for people."""
        return "all" if self.per_class is None else str(self.per_class)

    def __str__(self) -> str:
        return f"{self.photo_set}, {self.size} a class, seed {self.seed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPhotos:
    """The photos of a cell: what a user would have, and what nobody sees before the end."""

    own: tl.LeafDataset
    test: tl.LeafDataset


def photos_of(cell: Cell, data: tl.LeafDataset) -> CellPhotos:
    """Divide by leaf, then take some photos of each class, from as many leaves as there are."""
    own, test = data.pooled().split(1 - _TEST, _TEST, seed=cell.seed)
    if cell.per_class is None:
        return CellPhotos(own=own, test=test)
    rows = [
        row
        for label in range(len(data.classes))
        for row in _spread(own, np.flatnonzero(own.labels == label), cell.seed)[: cell.per_class]
    ]
    return CellPhotos(own=own.subset(sorted(rows)), test=test)


def _spread(data: tl.LeafDataset, rows: np.ndarray, seed: int) -> list[int]:
    """Rows of a class in random order, the first photo of each leaf before any second."""
    seen: defaultdict[object, int] = defaultdict(int)
    ranked = []
    for row in np.random.default_rng(seed).permutation(rows):
        leaf = data.leaves[row] or row
        ranked.append((seen[leaf], len(ranked), int(row)))
        seen[leaf] += 1
    return [row for _, _, row in sorted(ranked)]


def epochs_for(photos: int) -> int:
    """Epochs of gradient training.

    >>> [epochs_for(photos) for photos in (30, 400, 2000)]
    [30, 8, 5]
    """
    steps = max(1, math.ceil(photos / _BATCH))
    return min(_MOST_EPOCHS, max(_FEWEST_EPOCHS, math.ceil(_STEPS / steps)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """How a policy did.

    Attributes:
        accuracy: Share of the test photos that were right.
        seconds: Of the fit.
        best_epoch: The epoch whose weights were kept; 0 is the solved head.
        last_accuracy: What the weights of the last epoch would have reached; ``None`` where it was
            not looked at.
        validation: Accuracy on the validation photos of the solved head, the best and the last
            epoch.
        gained: Validation photos that the best epoch has right and the solved head has wrong.
        lost: The other way round.
    """

    accuracy: float
    seconds: float
    best_epoch: int
    last_accuracy: float | None = None
    validation: tuple[float, ...] = ()
    gained: int = 0
    lost: int = 0


class _Ends(keras.callbacks.Callback):
    """Keeps the weights of the solved head and of the last epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.first: list[np.ndarray] = []
        self.last: list[np.ndarray] = []

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Look at an epoch; called by Keras."""
        self.last = self.model.get_weights()
        if epoch == 0:
            self.first = self.last


def run_policy(
    policy: str, photos: CellPhotos, *, backbone: str, image_size: int, seed: int
) -> PolicyResult:
    """Train as the policy says, and judge once on the test photos."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    train, validation = photos.own.split(1 - _VALIDATION, _VALIDATION, seed=seed)
    classifier = tl.TransferClassifier(
        classes=photos.own.classes,
        backbone=backbone,
        image_size=image_size,
        freeze=tl.FreezePolicy.for_quadrant(policy, epochs=epochs_for(len(train))),
    )
    began = time.monotonic()
    ends = _Ends()
    history = classifier.fit(
        train, validation_data=validation, seed=seed, verbose=0, callbacks=[ends]
    )
    seconds = time.monotonic() - began
    # As the library chooses: by accuracy, between equals by loss.
    judged = zip(history.history["val_accuracy"], history.history["val_loss"], strict=True)
    ranks = [(accuracy, -loss) for accuracy, loss in judged]
    # Of equals the later one is kept.
    best = len(ranks) - 1 - ranks[::-1].index(max(ranks))
    accuracy = float(_right(classifier, photos.test).mean())
    seen = _right(classifier, validation)
    classifier.set_weights(ends.last)
    last_accuracy = float(_right(classifier, photos.test).mean()) if len(ranks) > 1 else accuracy
    classifier.set_weights(ends.first)
    head = _right(classifier, validation)
    return PolicyResult(
        accuracy=accuracy,
        seconds=round(seconds, 1),
        best_epoch=best,
        last_accuracy=last_accuracy,
        validation=tuple(round(ranks[epoch][0], 4) for epoch in (0, best, -1)),
        gained=int((seen & ~head).sum()),
        lost=int((head & ~seen).sum()),
    )


def _right(classifier: keras.Model, data: tl.LeafDataset) -> np.ndarray:
    """Which photos are recognised."""
    return np.asarray(classifier.predict(data, verbose=0).argmax(axis=1) == data.labels)
