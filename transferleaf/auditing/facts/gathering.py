"""Facts of many photos, from threads and a cache, with progress."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from transferleaf.auditing.facts.facts_cache import FactsCache
from transferleaf.auditing.facts.looking import look_at
from transferleaf.auditing.facts.photo_facts import PhotoFacts
from transferleaf.datasets.photos.file_content import Content, read_content, stamp_of
from transferleaf.datasets.photos.reading import default_workers
from transferleaf.errors import ConfigError, PhotoError
from transferleaf.files.cache_folder import cache_folder

# Photos per block. A small block is still in the page cache when it is decoded after hashing, and
# little is lost if the process is killed.
_CHUNK = 128


def photo_facts(
    paths: Sequence[str | os.PathLike[str]],
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cache: str | os.PathLike[str] | None = None,
) -> tuple[PhotoFacts, ...]:
    """Find the facts of photos in one pass over the files.

    Facts are cached by the content of the file. Known photos are not decoded again, also under
    another name, and unchanged files are not read. Broken files are not cached. After Ctrl-C, the
    facts found so far stay in the cache.

    Args:
        paths: The files.
        workers: Number of threads, and of photos in memory. Default: one per core, from 2 to 16.
        progress: Called after each photo with the number of finished photos and of all photos.
        cache: Folder of the cache. Default: ``cache_folder()``.

    Returns:
        The facts of each file, in the order of ``paths``. For a broken or missing file, ``error``
        is the reason.

    Raises:
        ConfigError: ``workers`` is not positive.
    """
    workers = default_workers() if workers is None else workers
    if workers < 1:
        raise ConfigError("workers", workers, "be at least 1")
    files = [Path(path) for path in paths]
    # Threads, because reading, hashing, decoding and resizing release the GIL. Processes were 10 %
    # slower on 2 cores, for photos of 256 px and of 12 megapixels.
    pool = ThreadPoolExecutor(workers, thread_name_prefix="transferleaf-facts")
    gathering = _Gathering(
        pool=pool,
        cache=FactsCache(cache_folder(cache)),
        told=progress or _untold,
        total=len(set(files)),
    )
    try:
        unique = list(dict.fromkeys(files))
        for start in range(0, len(unique), _CHUNK):
            gathering.look_at(unique[start : start + _CHUNK])
    finally:
        # Also reached by Ctrl-C; only photos that threads are processing are waited for.
        pool.shutdown(wait=True, cancel_futures=True)
    return tuple(gathering.found[path] for path in files)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathering:
    """The known facts, and the search for others."""

    pool: ThreadPoolExecutor
    cache: FactsCache
    told: Callable[[int, int], None]
    total: int
    found: dict[Path, PhotoFacts] = field(default_factory=dict)

    def look_at(self, paths: Sequence[Path]) -> None:
        """Find the facts of photos by stamp, then by content, then from the pixels."""
        stamps = {path: stamp for path in paths if (stamp := stamp_of(path)) is not None}
        self._add_all(self.cache.recall_files(stamps))
        contents = self._contents([path for path in paths if path not in self.found])
        known = self.cache.recall_contents({content.sha256 for content in contents.values()})
        self._add_all(
            {
                path: known[content.sha256]
                for path, content in contents.items()
                if content.sha256 in known
            }
        )
        try:
            self._decode({path: contents[path] for path in contents if path not in self.found})
        finally:
            self._remember(contents)

    def _contents(self, paths: Sequence[Path]) -> dict[Path, Content]:
        """Read files. Unreadable files are broken photos."""
        contents = {}
        for path, content in zip(paths, self.pool.map(_content, paths), strict=True):
            if isinstance(content, Content):
                contents[path] = content
            else:
                self._add(path, content)
        return contents

    def _decode(self, contents: Mapping[Path, Content]) -> None:
        begun = {
            path: self.pool.submit(look_at, path, content) for path, content in contents.items()
        }
        for path, looking in begun.items():
            self._add(path, looking.result())

    def _remember(self, contents: Mapping[Path, Content]) -> None:
        # A file that changed after hashing may have been decoded after the change. Broken files are
        # read again next time, because another Pillow or a repaired disk may read them.
        sure = {
            path: content
            for path, content in contents.items()
            if path in self.found
            and self.found[path].error is None
            and stamp_of(path) == content.stamp
        }
        self.cache.remember(
            {content.sha256: self.found[path] for path, content in sure.items()}.values(),
            {path: content for path, content in sure.items() if content.lasting},
        )

    def _add_all(self, found: Mapping[Path, PhotoFacts]) -> None:
        for path, facts in found.items():
            self._add(path, facts)

    def _add(self, path: Path, facts: PhotoFacts) -> None:
        self.found[path] = facts
        self.told(len(self.found), self.total)


def _content(path: Path) -> Content | PhotoFacts:
    try:
        return read_content(path)
    except PhotoError as error:
        return PhotoFacts(sha256=None, nbytes=None, error=error.reason)


def _untold(done: int, total: int) -> None:
    """Ignore the progress."""
