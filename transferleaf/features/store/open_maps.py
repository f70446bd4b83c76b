"""The memory maps of the files of the store. All data sets of a process share a limit.

Each map keeps a file open, and a process may open 1,024 files on most Linux systems and 256 on
macOS. A fit with augmented views reads dozens of sets of rows, each from many files.
"""

from __future__ import annotations

import mmap
import weakref
from collections import OrderedDict, deque
from collections.abc import Sequence
from itertools import count
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.features.store.shard import Shard, map_shard, mapped_rows

# Mapped pages count as memory of the process until they are released.
_MAX_RESIDENT_BYTES = 128_000_000


def _share_of_open_files() -> int:
    """Return a quarter of the files that this process may open, at most 512."""
    try:
        import resource
    except ImportError:  # Windows, where maps do not count
        return 512
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 512 if soft == resource.RLIM_INFINITY else min(512, max(16, soft // 4))


_MAX_OPEN = _share_of_open_files()


class _Pool:
    """The open maps of this process, the least recently used first."""

    def __init__(self) -> None:
        self._maps: OrderedDict[tuple[int, int], mmap.mmap] = OrderedDict()
        self._lock = Lock()
        self._gone: deque[int] = deque()

    def open(self, owner: int, number: int, shard: Shard) -> mmap.mmap:
        """Return the map of a file. If too many are open, the least recently used is closed."""
        key = (owner, number)
        with self._lock:
            self._close_gone()
            mapped = self._maps.pop(key, None)
            while mapped is None and len(self._maps) >= _MAX_OPEN:
                # It is closed when the last array that uses it is deleted, possibly in another
                # thread.
                self._maps.popitem(last=False)
            self._maps[key] = mapped = mapped or map_shard(shard)
            return mapped

    def has_room(self) -> bool:
        """Return whether another file can be opened without closing one."""
        return len(self._maps) < _MAX_OPEN

    def release_pages(self, owner: int) -> None:
        """Release the resident pages of the maps of ``owner``."""
        with self._lock:
            mine = [mapped for (one, _), mapped in self._maps.items() if one == owner]
        for mapped in mine:
            mapped.madvise(mmap.MADV_DONTNEED)

    def forget(self, owner: int) -> None:
        """Close the maps of ``owner``, at once or with the next call."""
        self._gone.append(owner)
        # The garbage collector may call this at any time, also while this thread has the lock.
        if self._lock.acquire(blocking=False):
            try:
                self._close_gone()
            finally:
                self._lock.release()

    def _close_gone(self) -> None:
        while self._gone:
            owner = self._gone.popleft()
            for key in [key for key in self._maps if key[0] == owner]:
                del self._maps[key]


_POOL = _Pool()
_NUMBERS = count()


class OpenMaps:
    """The files of one set of rows.

    Attributes:
        shards: The files.
        shard: The index of the file of each row.
        row: The index of each row in its file.
    """

    def __init__(
        self, shards: Sequence[Shard], shard: NDArray[np.int64], row: NDArray[np.int64]
    ) -> None:
        self.shards = list(shards)
        self.shard, self.row = shard, row
        self._resident = 0
        self._number = next(_NUMBERS)
        weakref.finalize(self, _POOL.forget, self._number)
        # Opened now, because an open map stays valid when another process removes the file.
        for number in range(len(self.shards)):
            if not _POOL.has_room():
                break
            self.open(number)

    def open(self, number: int) -> NDArray[Any]:
        """Return the rows of a file, without copying.

        Raises:
            OSError: The file was removed or cannot be read.
        """
        shard = self.shards[number]
        return mapped_rows(shard, _POOL.open(self._number, number, shard))

    def count_resident(self, size: int) -> None:
        """Count ``size`` more bytes in memory, and release all pages if there are too many."""
        self._resident += size
        if self._resident < _MAX_RESIDENT_BYTES:
            return
        self._resident = 0
        if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            _POOL.release_pages(self._number)
