"""SHA-256 of the content of many files, computed by several threads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from transferleaf.datasets.photos.file_content import read_content
from transferleaf.datasets.photos.reading import default_workers
from transferleaf.errors import PhotoError


def content_hashes(paths: Sequence[Path]) -> tuple[str | None, ...]:
    """Return the SHA-256 of each file.

    Returns:
        64 hexadecimal digits per file, or ``None`` if it cannot be read.
    """
    pool = ThreadPoolExecutor(default_workers(), thread_name_prefix="transferleaf-hash")
    try:
        return tuple(pool.map(_content_hash, paths))
    finally:
        # Without cancel_futures, Ctrl-C would wait for all files.
        pool.shutdown(wait=True, cancel_futures=True)


def _content_hash(path: Path) -> str | None:
    try:
        return read_content(path).sha256
    except PhotoError:
        return None
