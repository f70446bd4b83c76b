"""What a photo is called in the store: a digest of its content, so that its name does not matter.

A renamed, moved or copied photo keeps its features, and an edited one is another photo.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.decoding import check_photo
from transferleaf.errors import PhotoError
from transferleaf.training.store.feature_store import FeatureStore

# Files are read in pieces of this size: threads times pieces bound the memory.
_PIECE_BYTES = 1 << 20
# Readers wait for the disk more than for a core.
_THREADS = 8
# A file changed twice within one tick of its file system's clock looks unchanged after the second
# time (git calls this racy). FAT has the coarsest clock, 2 seconds.
_RACY_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What is in a file.

    Attributes:
        digest: 32 bytes.
        stamp: What tells later that it is unchanged; ``None`` where nothing could.
    """

    digest: bytes
    stamp: str | None


def file_keys(paths: Sequence[Path], *, store: FeatureStore) -> list[bytes]:
    """Digest the content of photo files.

    Files that were digested before and have the same size and times are not read again.

    Args:
        paths: The files.
        store: Remembers the digests.

    Returns:
        32 bytes for each file.

    Raises:
        PhotoError: A file is missing or cannot be read; the first such one is named.
    """
    # As they are named here, but wherever the program is started: links are not resolved, as a
    # link that is turned to another file has another stamp.
    names = [os.fsencode(path.absolute()) for path in paths]
    files = dict(zip(names, paths, strict=True))
    stamps = {name: _stamp(_facts(path)) for name, path in files.items()}
    digests = store.file_digests.recall(stamps)
    unread = [name for name in files if name not in digests]
    contents = dict(zip(unread, _read_all([files[name] for name in unread]), strict=True))
    store.file_digests.remember(
        (name, content.stamp, content.digest)
        for name, content in contents.items()
        if content.stamp is not None
    )
    digests.update({name: content.digest for name, content in contents.items()})
    return [digests[name] for name in names]


def array_keys(images: NDArray[Any]) -> list[bytes]:
    """Digest images in memory, their type and shape included.

    Args:
        images: Shape ``(n, height, width, 3)``.

    Returns:
        32 bytes for each image.

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


def _read_all(paths: Sequence[Path]) -> list[_Content]:
    readers = ThreadPoolExecutor(_THREADS)
    try:
        return list(readers.map(_content, paths))
    finally:
        # After a bad file or Ctrl-C the rest is not read.
        readers.shutdown(cancel_futures=True)


def _content(path: Path) -> _Content:
    before = _stamp(_facts(path))
    # SHA-256, as processors have instructions for it; BLAKE2 took twice the time.
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    except OSError as error:
        raise _photo_error(path, error) from error
    facts = _facts(path)
    lasting = _stamp(facts) == before and time.time() - facts.st_mtime > _RACY_SECONDS
    return _Content(digest=digest.digest(), stamp=before if lasting else None)


def _facts(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise _photo_error(path, error) from error


def _stamp(facts: os.stat_result) -> str:
    # The change time sees edits by programs that put the modification time back.
    return f"{facts.st_size} {facts.st_mtime_ns} {facts.st_ctime_ns} {facts.st_ino}"


def _photo_error(path: Path, error: OSError) -> PhotoError:
    """Let decoding say what is wrong with a file, in the words it has for that."""
    try:
        check_photo(path)
    except PhotoError as known:
        return known
    return PhotoError(path, f"reading it failed ({error}).")
