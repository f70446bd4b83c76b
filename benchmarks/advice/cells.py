"""A cell of the benchmark: one photo set at one size, on which every choice is trained."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np

import transferleaf as tl

_TEST = 0.4
_VALIDATION = 0.2
# More test photos would narrow the intervals little.
_MOST_TEST_PHOTOS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a user can choose.

    Attributes:
        quadrant: The policy is that of this quadrant.
        augmented: Whether views of ``Augmentation.leaf()`` are added.
    """

    quadrant: str
    augmented: bool = False

    def __str__(self) -> str:
        return f"{self.quadrant}{', augmented' if self.augmented else ''}"


CHOICES: Mapping[str, Choice] = {
    str(choice): choice
    for choice in (
        Choice(quadrant="IV"),
        Choice(quadrant="IV", augmented=True),
        Choice(quadrant="III"),
        Choice(quadrant="I"),
        Choice(quadrant="I", augmented=True),
        Choice(quadrant="II"),
    )
}
"""By name, in the order in which they are measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A photo set at one size.

    Attributes:
        photo_set: Name of the photo set.
        per_class: Photos of each class, validation included; ``None`` for all.
        seed: Seed of the split, the sample, and the training.
    """

    photo_set: str
    per_class: int | None
    seed: int

    @property
    def size(self) -> str:
        """The size as text."""
        return "all" if self.per_class is None else str(self.per_class)

    def __str__(self) -> str:
        return f"{self.photo_set}, {self.size} a class, seed {self.seed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPhotos:
    """The photos of a cell: those that a user would have, and those for the final test.

    ``balanced`` says whether the former were drawn by class.
    """

    own: tl.LeafDataset
    test: tl.LeafDataset
    balanced: bool


def photos_of(cell: Cell, data: tl.LeafDataset) -> CellPhotos:
    """Split by leaf, then draw photos of each class from as many leaves as possible."""
    own, test = data.pooled().split(1 - _TEST, _TEST, seed=cell.seed)
    if len(test) > _MOST_TEST_PHOTOS:
        rows = np.random.default_rng(cell.seed).permutation(len(test))[:_MOST_TEST_PHOTOS]
        test = test.subset(sorted(rows.tolist()))
    if cell.per_class is None:
        return CellPhotos(own=own, test=test, balanced=False)
    drawn = [
        row
        for label in range(len(data.classes))
        for row in _spread(own, np.flatnonzero(own.labels == label), cell.seed)[: cell.per_class]
    ]
    return CellPhotos(own=own.subset(sorted(drawn)), test=test, balanced=True)


def _spread(data: tl.LeafDataset, rows: np.ndarray, seed: int) -> list[int]:
    """Return the rows of a class in random order, the first photo of each leaf first."""
    seen: defaultdict[object, int] = defaultdict(int)
    ranked: list[tuple[int, int, int]] = []
    for row in np.random.default_rng(seed).permutation(rows):
        leaf = data.leaves[row] or row
        ranked.append((seen[leaf], len(ranked), int(row)))
        seen[leaf] += 1
    return [row for _, _, row in sorted(ranked)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of one training.

    Attributes:
        photos: Number of training photos, without validation photos.
        right: Whether each test photo is classified correctly, as packed bits in hexadecimal,
            sorted by class.
        class_counts: Test photos of each class.
        balanced: Whether the training photos were drawn by class.
        seconds: Seconds of the fit, by phase, and ``"total"``.
        epochs: Number of gradient epochs.
        best_epoch: Epoch whose weights were kept; 0 is the solved head.
    """

    photos: int
    right: str
    class_counts: Sequence[int]
    balanced: bool
    seconds: Mapping[str, float]
    epochs: int
    best_epoch: int

    @property
    def corrects(self) -> np.ndarray:
        """Whether each test photo is classified correctly, shape ``(test photos,)``."""
        bits = np.unpackbits(np.frombuffer(bytes.fromhex(self.right), np.uint8))
        return bits[: sum(self.class_counts)].astype(bool)

    @property
    def accuracy(self) -> float:
        """Share of the test photos that are classified correctly."""
        return float(self.corrects.mean())

    @property
    def expected_accuracy(self) -> float:
        """The accuracy that the advice should expect.

        It only sees training photos. If these are drawn by class, each class must count the same.
        """
        if not self.balanced:
            return self.accuracy
        counts = np.array([count for count in self.class_counts if count])
        return float(np.repeat(1 / (len(counts) * counts), counts) @ self.corrects)


def run_choice(
    choice: Choice, photos: CellPhotos, *, backbone: str, image_size: int, seed: int, cache: str
) -> Result:
    """Train on the photos of a cell and test once."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    train, validation = photos.own.split(1 - _VALIDATION, _VALIDATION, seed=seed)
    classifier = tl.TransferClassifier(
        classes=photos.own.classes,
        backbone=backbone,
        image_size=image_size,
        freeze=tl.FreezePolicy.for_quadrant(choice.quadrant),
        augment=tl.Augmentation.leaf() if choice.augmented else None,
    )
    kept = _KeptEpoch()
    began = time.monotonic()
    classifier.fit(
        train, validation_data=validation, seed=seed, cache=cache, verbose=0, callbacks=[kept]
    )
    total = time.monotonic() - began
    labels = photos.test.labels
    right = classifier.predict(photos.test, verbose=0).argmax(axis=1) == labels
    seconds = {record.phase.name: round(record.seconds, 1) for record in classifier.records}
    assert classifier.plan is not None
    return Result(
        photos=len(train),
        right=np.packbits(right[np.argsort(labels, kind="stable")]).tobytes().hex(),
        class_counts=np.bincount(labels, minlength=len(photos.own.classes)).tolist(),
        balanced=photos.balanced,
        seconds={**seconds, "total": round(total, 1)},
        epochs=classifier.plan.gradient_epochs,
        best_epoch=kept.epoch_of(classifier),
    )


class _KeptEpoch(keras.callbacks.Callback):
    """Finds out which epoch the final weights are from, by the biases of the head."""

    def __init__(self) -> None:
        super().__init__()
        self._biases: list[np.ndarray] = []

    def on_head_solved(self, logs: Mapping[str, float]) -> None:
        """Note the biases of the solved head, which is epoch 0."""
        self._biases.append(self.model.get_weights()[-1])

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Note the biases of a gradient epoch."""
        if not self.params["head_is_epoch"]:
            self._biases.append(self.model.get_weights()[-1])

    def epoch_of(self, model: keras.Model) -> int:
        """Return the last epoch that ended with the present biases."""
        same = [np.array_equal(model.get_weights()[-1], biases) for biases in self._biases]
        return len(same) - 1 - same[::-1].index(True)
