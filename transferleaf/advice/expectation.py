"""What to expect of a choice: accuracy with an interval, and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from transferleaf.quadrant import Quadrant


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """The expected accuracy and time of one choice.

    Attributes:
        quadrant: The policy is ``FreezePolicy.for_quadrant(quadrant)``.
        augmented: Whether views of ``Augmentation.leaf()`` are added to the training photos.
        accuracy: Expected accuracy on photos of other leaves, in [0, 1].
        low: Lower end of its 90 % interval.
        high: Upper end of its 90 % interval.
        seconds: Expected seconds of a ``fit`` on this machine, when the features of the photos
            are stored. ``None`` if the speed of this machine was not measured.
    """

    quadrant: Quadrant
    augmented: bool
    accuracy: float
    low: float
    high: float
    seconds: float | None

    @property
    def name(self) -> str:
        """The quadrant, with ``", augmented"`` if views are added.

        >>> Expectation(quadrant=Quadrant.IV, augmented=True, accuracy=0.95, low=0.93, high=0.97,
        ...             seconds=40.0).name
        'IV, augmented'
        """
        return choice_name(self.quadrant, self.augmented)

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return {**asdict(self), "quadrant": self.quadrant.value}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Expectation:
        """Create it from the result of ``to_dict``."""
        return cls(**{**values, "quadrant": Quadrant.named(values["quadrant"])})


def choice_name(quadrant: Quadrant, augmented: bool) -> str:
    """Return the name of a choice in tables and in the landscape."""
    return f"{quadrant.value}, augmented" if augmented else quadrant.value
