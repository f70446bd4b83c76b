"""Where the borders of the size-similarity matrix lie, as measured, with their source.

``python -m benchmarks.advice`` finds them on nine data sets at three sizes each: similarity is
divided where the measurements leave the widest gap, size where the four policies lose least
accuracy. docs/advice.md has the tables.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """A border on a scale of something that is measured.

    Nothing was measured between ``lowest`` and ``highest``, so the true border may lie anywhere
    between; the middle, on a logarithmic scale, is taken.

    Attributes:
        lowest: The largest measurement below it.
        highest: The smallest above it.
        spread: How many natural logarithms beyond the border the coordinate has moved from 0.5 to
            0.73. It is for the eye: no decision depends on it.
    """

    lowest: float
    highest: float
    spread: float

    @property
    def middle(self) -> float:
        """The border that is taken."""
        return math.sqrt(self.lowest * self.highest)

    def coordinate(self, measured: float) -> float:
        """Return where a measurement lies, in [0, 1]; the border is at 0.5."""
        return 1 / (1 + math.exp(-self._beyond(measured)))

    def deviation(self, measured: float) -> float:
        """Return the coordinate's standard error, from not knowing where the border lies."""
        at = self.coordinate(measured)
        # Of a border that is equally likely anywhere between; and the slope of the curve there.
        unsure = math.log(self.highest / self.lowest) / math.sqrt(12) / self.spread
        return at * (1 - at) * unsure

    def _beyond(self, measured: float) -> float:
        # A set without any divergence, or with one photo, is as far as the curve goes.
        return math.log(max(measured, 1e-9) / self.middle) / self.spread


DIVERGENCE = Border(lowest=0.1167, highest=0.2221, spread=0.5)
"""Mean divergence of batch-norm statistics in the first two thirds of the stages, in nats."""

PHOTOS = Border(lowest=960, highest=1796, spread=1.0)
"""Photos of all classes together."""
