"""The time that work takes, epoch by epoch, and what the epochs that did not run would have."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median


class EpochClock:
    """Runs from its making; each epoch's end is told to it.

    Attributes:
        marks: Readings, in seconds: the begin, the first epoch's begin, each epoch's end.
    """

    def __init__(self) -> None:
        self.marks = [time.perf_counter()]

    def mark(self) -> None:
        """Take a reading: when the first epoch begins, and when one ends."""
        self.marks.append(time.perf_counter())

    @property
    def before(self) -> float:
        """Seconds before the first epoch."""
        return self.marks[1] - self.marks[0]

    @property
    def epochs(self) -> tuple[float, ...]:
        """Seconds of each epoch."""
        pairs = zip(self.marks[1:], self.marks[2:], strict=False)
        return tuple(end - begin for begin, end in pairs)


def reckoned_seconds(before: float, epoch_seconds: Sequence[float], *, epochs: int) -> float:
    """Seconds for all epochs, where fewer may have run.

    The first epoch also reads the photos and traces the network, later ones are alike: those that
    did not run count as the median of the later ones that did.

    Args:
        before: Seconds before the first epoch.
        epoch_seconds: Of the epochs that ran, at least 1; at least 2 where some did not.
        epochs: How many there would have been.

    >>> reckoned_seconds(1.0, [5.0, 2.0, 2.5, 2.0], epochs=10)
    24.5
    """
    left_out = epochs - len(epoch_seconds)
    spared = left_out * median(epoch_seconds[1:]) if left_out else 0.0
    return before + sum(epoch_seconds) + spared


def steady_step(step_seconds: Sequence[float], *, warm_up: int) -> float:
    """Median of the steps after the first ``warm_up``.

    >>> steady_step([9.0, 1.0, 2.0, 3.0], warm_up=1)
    2.0
    """
    return median(step_seconds[warm_up:])
