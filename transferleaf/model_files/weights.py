"""A check of the weights in a saved model: plain numbers of a plausible size."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

from transferleaf.errors import ModelFileError

# HDF5 can declare numbers that the file does not contain, and fill them in when it is read.
_MOST_GROWTH = 10
_SMALL_BYTES = 1_000_000


def check_weights(path: Path, weights: bytes) -> None:
    """Refuse weights that refer to other files or are much larger than their file.

    Args:
        path: The file, for the message.
        weights: The content of an HDF5 file.

    Raises:
        ModelFileError: They are, or they are not an HDF5 file.
    """
    try:
        with h5py.File(io.BytesIO(weights), "r") as file:
            total = sum(_size(path, place, item) for place, item in _items(path, file))
    except ModelFileError:
        raise
    except Exception as error:  # a damaged file can raise any exception
        raise ModelFileError(path, f"its weights are damaged ({error}).") from error
    if total > _MOST_GROWTH * len(weights) + _SMALL_BYTES:
        told = f"its weights declare {total:,} bytes of numbers in {len(weights):,}"
        raise ModelFileError(path, f"{told}, which is not plausible for a classifier.")


def _items(path: Path, file: Any) -> Iterator[tuple[str, Any]]:
    left, seen = [file], set()
    while left:
        group = left.pop()
        if group.id in seen:  # hard links may be circular
            continue
        seen.add(group.id)
        for name in group:
            place = f"{group.name.rstrip('/')}/{name}"
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ModelFileError(path, f"its weights contain a link at {place!r}.")
            item = group[name]
            if isinstance(item, h5py.Group):
                left.append(item)
            else:
                yield place, item


def _size(path: Path, place: str, item: Any) -> int:
    if not isinstance(item, h5py.Dataset):
        return 0
    if item.external or item.is_virtual:
        raise ModelFileError(path, f"its weights refer to another file at {place!r}.")
    return int(item.nbytes)
