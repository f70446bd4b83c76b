"""The borders of the size-similarity matrix.

The textbook rule gives no numbers. The border of similarity is in the widest gap between measured
data sets (docs/advice.md has their divergences), and that of size is between the data sets that
retraining helped least and most in an early measurement. Only the figure and the comparison with
the textbook rule use them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """A border on a logarithmic scale, in the middle between two measurements.

    Attributes:
        lowest: The largest measurement below the border.
        highest: The smallest measurement above it.
        spread: Width of the scale in natural logarithms: at this distance beyond the border, the
            coordinate is 0.73.
    """

    lowest: float
    highest: float
    spread: float

    @property
    def middle(self) -> float:
        """The position of the border."""
        return math.sqrt(self.lowest * self.highest)

    def coordinate(self, measured: float) -> float:
        """Return the coordinate of a measurement, in [0, 1]; the border is at 0.5."""
        return 1 / (1 + math.exp(-self._beyond(measured)))

    def deviation(self, measured: float) -> float:
        """Return the standard error of the coordinate due to the uncertain border."""
        at = self.coordinate(measured)
        # The standard deviation of a uniform distribution, times the slope of the curve.
        unsure = math.log(self.highest / self.lowest) / math.sqrt(12) / self.spread
        return at * (1 - at) * unsure

    def _beyond(self, measured: float) -> float:
        # The logarithm needs a number above 0.
        return math.log(max(measured, 1e-9) / self.middle) / self.spread


DIVERGENCE = Border(lowest=0.1167, highest=0.2221, spread=0.5)
"""Mean divergence of the first two thirds of the stages, in nats per channel."""

PHOTOS = Border(lowest=960, highest=1796, spread=1.0)
"""Photos of all classes together."""
