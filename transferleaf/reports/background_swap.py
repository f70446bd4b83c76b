"""How much of a classifier's accuracy is left when leaves lie on another background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from transferleaf.reports.metrics import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class BackgroundSwap:
    """Accuracy on the same leaves, before their own and before other backgrounds.

    Attributes:
        looked_at: Number of test photos that were looked at, chosen at random.
        photos: Number of photos in which a leaf on a plain background was found. The accuracies are
            those on these photos.
        accuracy: Share of correct predictions on the photos as they are.
        swapped: Share of correct predictions with the leaf on drawn soil, grass or foliage.
    """

    looked_at: int
    photos: int
    accuracy: Interval
    swapped: Interval

    @property
    def mostly_plain(self) -> bool:
        """Whether most of the photos show a leaf on a plain background, as in a laboratory."""
        return self.photos > self.looked_at / 2

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> BackgroundSwap:
        """Create it from the result of ``to_dict``."""
        intervals = {name: Interval(**values[name]) for name in ("accuracy", "swapped")}
        return cls(**{**values, **intervals})
