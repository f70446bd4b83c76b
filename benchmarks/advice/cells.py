"""A cell of the grid: one data set at one size, on which all four policies are run."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import numpy as np

import transferleaf as tl

POLICIES = ("I", "II", "III", "IV")

_TEST = 0.4
_VALIDATION = 0.2


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """How a policy did.

    Attributes:
        accuracy: Share of the test photos that were right.
        seconds: Of the fit.
        best_epoch: The epoch whose weights were kept; 0 is the solved head.
        leader: The epoch with the best validation results, or 0.
        leader_accuracy: What its weights would have reached.
        gained: Validation photos that the leader has right and the solved head has wrong.
        lost: The other way round.
        validation_photos: How many there were.
    """

    accuracy: float
    seconds: float
    best_epoch: int
    leader: int = 0
    leader_accuracy: float = 0.0
    gained: int = 0
    lost: int = 0
    validation_photos: int = 0


class _Contest(keras.callbacks.Callback):
    """Keeps the weights of the solved head and of the epoch that leads on the validation photos."""

    def __init__(self) -> None:
        super().__init__()
        self.head: list[np.ndarray] = []
        self.leading: list[np.ndarray] = []
        self.leader = 0
        self._rank = (-1.0, 0.0)
        self._biases: list[np.ndarray] = []

    def on_head_solved(self, logs: Mapping[str, float]) -> None:
        """Look at the solved head; called by ``fit``. It stands at place 0."""
        self._look(0, logs)
        self.head = self.leading

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Look at an epoch; called by Keras."""
        if not self.params["head_is_epoch"]:
            self._look(epoch + 1, logs or {})

    def _look(self, place: int, logs: Mapping[str, float]) -> None:
        rank = (logs["val_accuracy"], -logs["val_loss"])
        if rank >= self._rank:
            self.leader, self._rank, self.leading = place, rank, self.model.get_weights()
        self._biases.append(self.model.get_weights()[-1])

    def epoch_of(self, weights: list[np.ndarray]) -> int:
        """The epoch that ended with these weights; the head's biases, the last, always move."""
        same = [np.array_equal(weights[-1], biases) for biases in self._biases]
        return len(same) - 1 - same[::-1].index(True)


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
        freeze=tl.FreezePolicy.for_quadrant(policy),
    )
    began = time.monotonic()
    contest = _Contest()
    classifier.fit(train, validation_data=validation, seed=seed, verbose=0, callbacks=[contest])
    seconds = time.monotonic() - began
    best_epoch = contest.epoch_of(classifier.get_weights())
    accuracy = leader_accuracy = float(_right(classifier, photos.test).mean())
    head = leading = np.zeros(len(validation), bool)
    if contest.leader:
        classifier.set_weights(contest.head)
        head = _right(classifier, validation)
        classifier.set_weights(contest.leading)
        leading = _right(classifier, validation)
    if contest.leader != best_epoch:
        leader_accuracy = float(_right(classifier, photos.test).mean())
    return PolicyResult(
        accuracy=accuracy,
        seconds=round(seconds, 1),
        best_epoch=best_epoch,
        leader=contest.leader,
        leader_accuracy=leader_accuracy,
        gained=int((leading & ~head).sum()),
        lost=int((head & ~leading).sum()),
        validation_photos=len(validation),
    )


def _right(classifier: keras.Model, data: tl.LeafDataset) -> np.ndarray:
    """Which photos are recognised."""
    return np.asarray(classifier.predict(data, verbose=0).argmax(axis=1) == data.labels)
