"""Photos that can be asked for by position: files, or images in memory.

What is computed once per photo needs more of its source than a stream of batches: a key for the
content of each photo, known without decoding it, and the pixels of just those photos that are new.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.photos.file_content import stamp_of
from transferleaf.datasets.photos.reading import DecodeMeter, read_photos
from transferleaf.errors import PhotoError
from transferleaf.features.store import FeatureStore, array_keys, file_keys

_CHANGED = "it was changed while the photos were read; call again."


class PhotoSource(Protocol):
    """Photos by position."""

    def __len__(self) -> int:
        """How many there are."""

    def keys(self, store: FeatureStore) -> list[bytes]:
        """The digest of each photo's content, 32 bytes; ``store`` remembers those of files."""

    def read(
        self,
        rows: Sequence[int],
        *,
        image_size: int,
        batch_size: int,
        meter: DecodeMeter,
        errors: MutableMapping[int, PhotoError],
    ) -> Iterator[NDArray[Any]]:
        """Yield the photos at ``rows``, in that order.

        Each batch has shape ``(batch, image_size, image_size, 3)``, RGB in [0, 255]. Photos that
        cannot be read are black, and ``errors`` has them by position in ``rows``.
        """

    def error(self, row: int, reason: str) -> PhotoError:
        """Say of the photo at ``row`` that it cannot be read."""


@dataclass(frozen=True, slots=True)
class PhotoFiles:
    """Photos in files.

    A file that changes between the digest of its content and its decoding cannot be read: what it
    gives would be stored as that of the old content.

    Attributes:
        paths: One file each.
        workers: Threads that decode them; as many as ``read_photos`` takes where ``None``.
    """

    paths: tuple[Path, ...]
    workers: int | None = None
    _stamps: dict[Path, str | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.paths)

    def keys(self, store: FeatureStore) -> list[bytes]:
        """The digest of each file; a renamed copy has the same."""
        self._stamps.update((path, stamp_of(path)) for path in self.paths)
        return file_keys(self.paths, store=store)

    def read(
        self,
        rows: Sequence[int],
        *,
        image_size: int,
        batch_size: int,
        meter: DecodeMeter,
        errors: MutableMapping[int, PhotoError],
    ) -> Iterator[NDArray[Any]]:
        """Decode the files at ``rows`` in parallel; see ``PhotoSource``."""
        paths = [self.paths[row] for row in rows]
        done = 0
        batches = read_photos(
            paths,
            image_size,
            batch_size=batch_size,
            workers=self.workers,
            meter=meter,
            errors=errors,
        )
        for batch in batches:
            for position, path in enumerate(paths[done : done + len(batch)], start=done):
                if path in self._stamps and stamp_of(path) != self._stamps[path]:
                    errors.setdefault(position, PhotoError(path, _CHANGED))
            done += len(batch)
            yield batch

    def error(self, row: int, reason: str) -> PhotoError:
        """Say of the file at ``row`` that it cannot be read."""
        return PhotoError(self.paths[row], reason)


@dataclass(frozen=True, eq=False)
class PhotoArray:
    """Photos in memory.

    Attributes:
        images: Shape ``(n, height, width, 3)``, RGB in [0, 255].
    """

    images: NDArray[Any]

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def _keys(self) -> list[bytes]:
        return array_keys(self.images)

    def keys(self, store: FeatureStore) -> list[bytes]:
        """The digest of each image's pixels."""
        return self._keys

    def read(
        self,
        rows: Sequence[int],
        *,
        image_size: int,
        batch_size: int,
        meter: DecodeMeter,
        errors: MutableMapping[int, PhotoError],
    ) -> Iterator[NDArray[Any]]:
        """Resize the images at ``rows`` as the classifier's own graph does."""
        for start in range(0, len(rows), batch_size):
            yield resized(self.images[np.asarray(rows[start : start + batch_size])], image_size)

    def error(self, row: int, reason: str) -> PhotoError:
        """Say of the image at ``row`` that it cannot be read; images in memory always can."""
        return PhotoError(Path(f"image {row}"), reason)


def resized(images: NDArray[Any], image_size: int) -> NDArray[Any]:
    """Resize a batch exactly as the classifier's own first layer does."""
    if images.shape[1:3] == (image_size, image_size):
        return images
    layer = keras.layers.Resizing(image_size, image_size, antialias=True, dtype="float32")
    return np.asarray(layer(images))
