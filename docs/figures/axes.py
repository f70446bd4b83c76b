"""Axes of charts."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogAxis:
    """A logarithmic axis.

    Attributes:
        low: The value at ``start``, above 0.
        high: The value at ``end``.
        start: A position, in pixels.
        end: A position, in pixels.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the position of a value, in pixels.

        >>> LogAxis(1, 100, 0, 50).at(10)
        25.0
        """
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Return 1, 2 and 5 times the powers of ten within the axis.

        >>> LogAxis(1, 30, 0, 50).ticks
        [1.0, 2.0, 5.0, 10.0, 20.0]
        """
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)))
        all_ticks = [step * 10.0**power for power in powers for step in (1, 2, 5)]
        return [tick for tick in all_ticks if self.low <= tick <= self.high]
