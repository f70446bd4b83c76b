"""Photo sources that can be read by index: files, or images in memory.

Computing features once per photo requires more than a stream of batches: a key for the content of
each photo that needs no decoding, and access to the pixels of new photos only.
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
    """Photos that can be read by index."""

    def __len__(self) -> int:
        """Return the number of photos."""

    def keys(self, store: FeatureStore) -> list[bytes]:
        """Return the digest of each photo, 32 bytes. ``store`` remembers those of files."""

    def read(
        self,
        rows: Sequence[int],
        *,
        image_size: int,
        batch_size: int,
        meter: DecodeMeter,
        errors: MutableMapping[int, PhotoError],
    ) -> Iterator[NDArray[Any]]:
        """Yield the photos with the indices ``rows``, in that order.

        Each batch has shape ``(batch, image_size, image_size, 3)``, RGB in [0, 255]. Unreadable
        photos are black, and ``errors`` contains their errors by position in ``rows``.
        """

    def error(self, row: int, reason: str) -> PhotoError:
        """Return the error of an unreadable photo."""


@dataclass(frozen=True, slots=True)
class PhotoFiles:
    """Photo files.

    A file that changes between the digest and the decoding counts as unreadable, because its
    features would be stored for the old content.

    Attributes:
        paths: The files.
        workers: Number of decoding threads. Default: that of ``read_photos``.
    """

    paths: tuple[Path, ...]
    workers: int | None = None
    _stamps: dict[Path, str | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.paths)

    def keys(self, store: FeatureStore) -> list[bytes]:
        """Return the digest of each file. A renamed copy has the same."""
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
        """Decode the files with the indices ``rows`` in parallel; see ``PhotoSource``."""
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
        """Return the error of an unreadable file."""
        return PhotoError(self.paths[row], reason)


@dataclass(frozen=True, eq=False)
class PhotoArray:
    """Images in memory.

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
        """Return the digest of the pixels of each image."""
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
        """Resize the images with the indices ``rows`` as the graph of the classifier does."""
        for start in range(0, len(rows), batch_size):
            yield resized(self.images[np.asarray(rows[start : start + batch_size])], image_size)

    def error(self, row: int, reason: str) -> PhotoError:
        """Return the error of an unreadable image. This does not occur for images in memory."""
        return PhotoError(Path(f"image {row}"), reason)


def resized(images: NDArray[Any], image_size: int) -> NDArray[Any]:
    """Resize a batch exactly as the first layer of the classifier does."""
    if images.shape[1:3] == (image_size, image_size):
        return images
    layer = keras.layers.Resizing(image_size, image_size, antialias=True, dtype="float32")
    return np.asarray(layer(images))
