"""Checks of all photos of a data set for unreadable files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from transferleaf.datasets.photos.decoding import check_photo
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.errors import PhotoError

if TYPE_CHECKING:
    from transferleaf.datasets.leaf_dataset import LeafDataset

# More threads than cores, because the disk is the bottleneck.
_THREADS = 16

# Decoding reads every byte at any size. A small size is the fastest.
_SMALL = 32


def check_photos(
    data: LeafDataset, *, progress: Callable[[int, int], None] | None = None
) -> list[PhotoError]:
    """Find unreadable photos by their headers and checksums, without decoding them.

    Args:
        data: The photos.
        progress: Called after each photo with the number of finished photos and of all photos.

    Returns:
        An error for each unreadable photo, in order. A truncated photo is only found when it is
        decoded.
    """
    errors = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for done, error in enumerate(pool.map(_error_in, data.paths), start=1):
            if error is not None:
                errors.append(error)
            if progress is not None:
                progress(done, len(data))
    return errors


def unreadable_photos(paths: Sequence[Path]) -> list[PhotoError]:
    """Find the photos that cannot be read, by decoding all of them.

    Returns:
        An error for each unreadable photo, in the order of ``paths``.
    """
    errors: dict[int, PhotoError] = {}
    for _ in read_photos(paths, _SMALL, errors=errors):
        pass
    return [errors[position] for position in sorted(errors)]


def _error_in(path: Path) -> PhotoError | None:
    try:
        check_photo(path)
    except PhotoError as error:
        return error
    return None
