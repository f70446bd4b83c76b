"""Reading of photos in batches by several threads, without TensorFlow, and its speed."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, MutableMapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeAlias

import numpy as np

from transferleaf.datasets.photos.decoding import ImageSize, Pixels, height_and_width, read_photo
from transferleaf.errors import ConfigError, PhotoError

# A batch that threads are filling, and a future for each of its photos.
_Batch: TypeAlias = tuple[Pixels, list[Future[None]]]

# Number of batches in progress: enough to keep the threads busy while a batch is used, few enough
# to limit memory.
_BATCHES_AHEAD = 3


class DecodeMeter:
    """Counts photos and the time for reading them. Threads may share one.

    Attributes:
        photos: Number of photos so far.
        busy_seconds: Time of reading them, summed over the threads.
    """

    def __init__(self) -> None:
        self.photos = 0
        self.busy_seconds = 0.0
        self._seconds_alone = 0.0
        self._lock = Lock()

    def add(self, seconds: float, *, workers: int) -> None:
        """Add a photo that one of ``workers`` threads read in ``seconds``."""
        with self._lock:
            self.photos += 1
            self.busy_seconds += seconds
            self._seconds_alone += seconds / workers

    @property
    def photos_per_second(self) -> float:
        """The number of photos per second that the threads can read.

        It uses wall-clock time, so waiting for a slow disk counts, and so does sharing the cores
        with a network. If photos are the bottleneck, the network waits and the number is right. 0
        before the first photo.

        >>> meter = DecodeMeter()
        >>> for seconds in (0.1, 0.3):
        ...     meter.add(seconds, workers=2)
        >>> meter.photos, round(meter.photos_per_second, 6)
        (2, 10.0)
        """
        return self.photos / self._seconds_alone if self._seconds_alone else 0.0


def read_photos(
    paths: Sequence[Path],
    image_size: ImageSize,
    *,
    batch_size: int = 32,
    workers: int | None = None,
    meter: DecodeMeter | None = None,
    errors: MutableMapping[int, PhotoError] | None = None,
) -> Iterator[Pixels]:
    """Yield the photos in order, while threads read some batches ahead.

    Threads start with the first batch. They end with the last one, with an error, and when the
    iterator is closed or deleted. This waits only for the photos that are being decoded.

    Args:
        paths: The files, in any format that ``read_photo`` reads.
        image_size: Height and width, in pixels, or one number for both.
        batch_size: Number of photos per batch. The last batch may have fewer.
        workers: Number of threads. Default: ``default_workers()``.
        meter: Counts the photos and their time.
        errors: If given, unreadable photos become black, and their errors are stored here by index
            in ``paths``, at the latest when their batch is yielded.

    Returns:
        Batches, shape ``(batch, height, width, 3)``, ``uint8``, RGB in [0, 255]. Each is a separate
        array.

    Raises:
        ConfigError: An argument has an invalid value. Raised by the call itself.
        PhotoError: A photo cannot be read and ``errors`` is not given. Raised in place of its
            batch.
    """
    size = height_and_width(image_size)
    workers = default_workers() if workers is None else workers
    for option, value in (("batch_size", batch_size), ("workers", workers)):
        if value < 1:
            raise ConfigError(option, value, "be at least 1")
    reader = _Reader(size=size, workers=workers, meter=meter or DecodeMeter(), errors=errors)
    return reader.batches(paths, batch_size)


def default_workers() -> int:
    """Return the number of threads for reading photos: the available cores, from 2 to 16."""
    if hasattr(os, "sched_getaffinity"):  # only on Linux: the cores that the process may use
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    # Even on a single core, one thread can wait for the disk while another one decodes.
    return min(max(cores, 2), 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """The threads of ``read_photos``."""

    size: tuple[int, int]
    workers: int
    meter: DecodeMeter
    errors: MutableMapping[int, PhotoError] | None

    def batches(self, paths: Sequence[Path], batch_size: int) -> Iterator[Pixels]:
        # For small batches, more are in progress, so that each thread has two photos.
        ahead = max(_BATCHES_AHEAD, -(-2 * self.workers // batch_size))
        begun: deque[_Batch] = deque()
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="transferleaf-read")
        try:
            for start in range(0, len(paths), batch_size):
                begun.append(self._begin(pool, start, paths[start : start + batch_size]))
                if len(begun) > ahead:
                    yield _finished(begun.popleft())
            while begun:
                yield _finished(begun.popleft())
        finally:
            # Errors, Ctrl-C and closing the iterator end here too. Without cancel_futures, all
            # started batches would be read completely.
            pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, pool: ThreadPoolExecutor, start: int, paths: Sequence[Path]) -> _Batch:
        batch: Pixels = np.empty((len(paths), *self.size, 3), dtype=np.uint8)
        return batch, [
            pool.submit(self._read_into, batch, start, position, path)
            for position, path in enumerate(paths)
        ]

    def _read_into(self, batch: Pixels, start: int, position: int, path: Path) -> None:
        begin = time.perf_counter()
        try:
            batch[position] = read_photo(path, self.size)
        except PhotoError as error:
            if self.errors is None:
                raise
            batch[position] = 0
            self.errors[start + position] = error
        self.meter.add(time.perf_counter() - begin, workers=self.workers)


def _finished(batch: _Batch) -> Pixels:
    pixels, readings = batch
    for reading in readings:
        reading.result()
    return pixels
