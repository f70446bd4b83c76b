"""Keys and rows for tests, easy to distinguish."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from transferleaf.features.store import FeatureSpace, FeatureStore

WIDTH = 3


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def keys(numbers: Iterable[int]) -> list[bytes]:
    return [key(number) for number in numbers]


def rows(numbers: Iterable[int]) -> np.ndarray:
    """Return rows that contain their number, shape ``(n, 3)``."""
    return np.repeat(np.array(list(numbers), np.float32)[:, None], WIDTH, axis=1)


def open_space(folder: Path, *, network: str = "tiny", limit: int | None = None) -> FeatureSpace:
    """Return a space of such rows in a new store object, as in another run of the program."""
    store = FeatureStore(folder, limit=limit)
    return store.space({"backbone": network}, shape=(WIDTH,), dtype="float32")


def fill(space: FeatureSpace, numbers: Iterable[int]) -> None:
    """Store rows in one file."""
    numbers = list(numbers)
    with space.writer() as writer:
        writer.add(keys(numbers), rows(numbers))


def shards(space: FeatureSpace) -> list[Path]:
    return sorted(space.folder.glob("*.rows"))
