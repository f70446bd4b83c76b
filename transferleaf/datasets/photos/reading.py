"""Photos read into batches by several threads, without TensorFlow, and the time that takes."""

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

# A batch that threads are filling, and the end of each photo's reading.
_Batch: TypeAlias = tuple[Pixels, list[Future[None]]]

# So many batches are begun before the oldest is handed out: enough that the threads have work
# while a batch is used, few enough that memory stays flat.
_BATCHES_AHEAD = 3


class DecodeMeter:
    """Counts photos as they are read, and the time that takes; threads may share one.

    Attributes:
        photos: Photos read so far.
        busy_seconds: Time that threads spent reading them, summed over the threads.
    """

    def __init__(self) -> None:
        self.photos = 0
        self.busy_seconds = 0.0
        self._seconds_alone = 0.0
        self._lock = Lock()

    def add(self, seconds: float, *, workers: int) -> None:
        """Count one photo that a thread took ``seconds`` to read, one of ``workers`` threads."""
        with self._lock:
            self.photos += 1
            self.busy_seconds += seconds
            self._seconds_alone += seconds / workers

    @property
    def photos_per_second(self) -> float:
        """How many photos a second the threads manage if nothing else holds them up.

        Seconds are those of the clock, not of the processor, so that waiting for a slow disk
        counts. While a network computes on the same cores it counts too; where photos are the
        bottleneck, the network waits and the figure is right. 0 before the first photo.

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
    """Read photos in order, some batches ahead of the caller.

    Threads start with the first batch and end with the last one, with an error, and when the
    iterator is closed or dropped; no more than the photos in their hands is waited for.

    Args:
        paths: The files, in any format that ``read_photo`` reads.
        image_size: Side of a square or ``(height, width)``, in pixels.
        batch_size: Photos in a batch; the last batch may have fewer.
        workers: Threads; ``None`` takes ``default_workers()``.
        meter: Counts the photos and the time they take.
        errors: Where given, photos that cannot be read are black and their errors are put here,
            by position in ``paths`` and no later than their batch is handed out.

    Returns:
        Batches of shape ``(batch, height, width, 3)``, ``uint8``, RGB in [0, 255]. Each is an
        array of its own.

    Raises:
        ConfigError: An argument has a value that cannot work. Raised by the call itself.
        PhotoError: A photo cannot be read and ``errors`` is absent. Raised in place of the batch
            that it belongs to.
    """
    size = height_and_width(image_size)
    workers = default_workers() if workers is None else workers
    for option, value in (("batch_size", batch_size), ("workers", workers)):
        if value < 1:
            raise ConfigError(option, value, "be at least 1")
    reader = _Reader(size=size, workers=workers, meter=meter or DecodeMeter(), errors=errors)
    return reader.batches(paths, batch_size)


def default_workers() -> int:
    """Count the threads that read photos: the cores this process may use, from 2 to 16."""
    if hasattr(os, "sched_getaffinity"):  # Linux alone tells what a job is confined to
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    # One thread waits for the disk while another decodes, even on a single core.
    return min(max(cores, 2), 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """The threads behind ``read_photos``."""

    size: tuple[int, int]
    workers: int
    meter: DecodeMeter
    errors: MutableMapping[int, PhotoError] | None

    def batches(self, paths: Sequence[Path], batch_size: int) -> Iterator[Pixels]:
        # Of small batches, more are begun, so that each thread has a photo and the next one.
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
            # Reached by errors, Ctrl-C and the closing of the iterator too. Without the
            # cancelling, the batches that were begun would all be read to the end.
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
