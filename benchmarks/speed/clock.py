"""Timing of epochs, and extrapolation to epochs that did not run."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from statistics import median


def start() -> float:
    """Return the time, after the garbage of imports and of building the model is collected."""
    gc.collect()
    return time.perf_counter()


class EpochClock:
    """A clock that starts when it is created, with a mark at the end of each epoch.

    Attributes:
        marks: Times in seconds: the start, the start of the first epoch, the end of each epoch.
    """

    def __init__(self) -> None:
        self.marks = [start()]

    def mark(self) -> None:
        """Record the time at the start of the first epoch or the end of an epoch."""
        self.marks.append(time.perf_counter())

    @property
    def before(self) -> float:
        """The seconds before the first epoch."""
        return self.marks[1] - self.marks[0]

    @property
    def epochs(self) -> tuple[float, ...]:
        """The seconds of each epoch."""
        pairs = zip(self.marks[1:], self.marks[2:], strict=False)
        return tuple(end - begin for begin, end in pairs)


def reckoned_seconds(before: float, epoch_seconds: Sequence[float], *, epochs: int) -> float:
    """Return the seconds for all epochs, even if fewer ran.

    The first epoch also reads the photos and traces the network. Later ones are alike, so missing
    epochs count as the median of the later ones.

    Args:
        before: Seconds before the first epoch.
        epoch_seconds: Seconds of the epochs that ran, at least 1; at least 2 if some did not run.
        epochs: Total number of epochs.

    >>> reckoned_seconds(1.0, [5.0, 2.0, 2.5, 2.0], epochs=10)
    24.5
    """
    left_out = epochs - len(epoch_seconds)
    spared = left_out * median(epoch_seconds[1:]) if left_out else 0.0
    return before + sum(epoch_seconds) + spared


def steady_step(step_seconds: Sequence[float], *, warm_up: int) -> float:
    """Return the median of the steps after the first ``warm_up``.

    >>> steady_step([9.0, 1.0, 2.0, 3.0], warm_up=1)
    2.0
    """
    return median(step_seconds[warm_up:])
