"""Calibration: what validation photos told of a classifier's certainty, as one plain value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from typing_extensions import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """When an answer of a classifier is to be believed.

    Attributes:
        temperature: What the head's logits were divided by, above 0; above 1 where the classifier
            was too sure. It is part of the model's weights.
        precision: The share of right answers that was wished for among those that are "sure", in
            (0, 1).
        threshold: Top probability from which an answer is "sure", in [0, 1]; ``None`` where none
            could be shown to reach ``precision``, so that no answer is "sure".
        coverage: Share of the validation photos that reach ``threshold``, in [0, 1].
        accuracy: Share of right answers among those, in [0, 1]; ``None`` without any.
        farthest: Distance to the nearest class mean beyond which a photo is "not a leaf I know";
            see ``ClassMeans``. ``None`` where there were too few validation photos to tell.
        photos: Number of validation photos.
    """

    temperature: float
    precision: float
    threshold: float | None
    coverage: float
    accuracy: float | None
    farthest: float | None
    photos: int

    def __str__(self) -> str:
        return f"Temperature {self.temperature:.3f}. {self._sure()} {self._unknown()}"

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from ``to_dict``'s answer."""
        return cls(**values)

    def _sure(self) -> str:
        if self.threshold is None or self.accuracy is None:
            return (
                f"No threshold could be shown to reach a precision of {self.precision:.3g} on "
                f"{self.photos:,} validation photos, so no answer is sure; wish for less, or "
                "calibrate on more photos."
            )
        return (
            f"Answers are sure from a probability of {self.threshold:.3f}: {self.coverage:.1%} of "
            f"{self.photos:,} validation photos, {self.accuracy:.1%} of them right (wished: "
            f"{self.precision:.3g})."
        )

    def _unknown(self) -> str:
        if self.farthest is None:
            return "There are too few validation photos to tell photos of unknown leaves."
        return f"Photos farther than {self.farthest:.3f} from every class are no leaves it knows."
