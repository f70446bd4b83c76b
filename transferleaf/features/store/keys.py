"""The keys of photos in the store: digests of their content.

A renamed, moved or copied photo keeps its features. An edited photo gets a new key.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.photos.file_content import Content, read_content, stamp_of
from transferleaf.features.store.feature_store import FeatureStore

# More threads than needed for the cores, because they wait for the disk.
_THREADS = 8


def file_keys(paths: Sequence[Path], *, store: FeatureStore) -> list[bytes]:
    """Return the digest of each photo file.

    Known files with the same size and times are not read again.

    Args:
        paths: The files.
        store: Remembers the digests.

    Returns:
        32 bytes per file.

    Raises:
        PhotoError: A file is missing or cannot be read. The error names the first one.
    """
    # Absolute paths, without resolving links: a link that points to another file gets another
    # stamp.
    names = [os.fsencode(path.absolute()) for path in paths]
    files = dict(zip(names, paths, strict=True))
    stamps = {name: stamp for name, path in files.items() if (stamp := stamp_of(path)) is not None}
    digests = store.file_digests.recall(stamps)
    unread = [name for name in files if name not in digests]
    contents = dict(zip(unread, _read_all([files[name] for name in unread]), strict=True))
    store.file_digests.remember(
        (name, content.stamp, bytes.fromhex(content.sha256))
        for name, content in contents.items()
        if content.lasting
    )
    digests.update({name: bytes.fromhex(content.sha256) for name, content in contents.items()})
    return [digests[name] for name in names]


def array_keys(images: NDArray[Any]) -> list[bytes]:
    """Return the digest of each image in memory, including type and shape.

    Args:
        images: Shape ``(n, height, width, 3)``.

    Returns:
        32 bytes per image.

    >>> same, twin, other = array_keys(np.uint8([[[[1, 2, 3]]], [[[1, 2, 3]]], [[[1, 2, 4]]]]))
    >>> len(same), same == twin, same == other
    (32, True, False)
    """
    kind = f"{images.dtype.newbyteorder('<').str} {images.shape[1:]} ".encode()
    stored = images.dtype.newbyteorder("<")
    return [
        hashlib.sha256(kind + np.ascontiguousarray(image, stored).tobytes()).digest()
        for image in images
    ]


def _read_all(paths: Sequence[Path]) -> list[Content]:
    readers = ThreadPoolExecutor(_THREADS)
    try:
        return list(readers.map(read_content, paths))
    finally:
        # After a bad file or Ctrl-C, the rest is not read.
        readers.shutdown(cancel_futures=True)
