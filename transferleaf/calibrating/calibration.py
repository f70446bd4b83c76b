"""Calibration: what validation photos told of a classifier's certainty, as one plain value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from typing_extensions import Self

from transferleaf.wording import counted, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """When an answer of a classifier is to be believed.

    Attributes:
        temperature: What the head's logits were divided by, above 0; above 1 where the classifier
            was too sure. It is part of the model's weights.
        precision: The share of right answers that was asked for among those that are "sure", in
            (0, 1).
        threshold: Top probability from which an answer is "sure", in [0, 1]; ``None`` where none
            could be shown to reach ``precision``: then answers stay "uncalibrated".
        coverage: Share of the photos that reach ``threshold``, in [0, 1].
        accuracy: Share of right answers among those, in [0, 1]; ``None`` without any.
        farthest: Distance to the nearest class mean beyond which a photo is "unknown"; see
            ``ClassMeans``. ``None`` where there were too few photos to tell.
        photos: Number of photos whose answers were counted.
        folds: How many heads answered training and validation photos out of fold; ``None`` where
            the classifier answered validation photos.
        photos_needed: Without a threshold, about how many such photos would show one; ``None``
            where more would not help, or with a threshold.
    """

    temperature: float
    precision: float
    threshold: float | None
    coverage: float
    accuracy: float | None
    farthest: float | None
    photos: int
    folds: int | None = None
    photos_needed: int | None = None

    def __str__(self) -> str:
        return f"{self._sure()} {self._unknown()} Temperature: {self.temperature:.3f}."

    def to_dict(self) -> dict[str, Any]:
        """Return values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from ``to_dict``'s answer."""
        return cls(**values)

    @property
    def outcome(self) -> str:
        """What the threshold promises, or why there is none, in a sentence or two."""
        return self._sure()

    def _sure(self) -> str:
        if self.threshold is None or self.accuracy is None:
            return (
                f"All answers are uncalibrated: {self._where}, no threshold is shown to give at "
                f"least {percent(self.precision)} correct answers. {self._needed()}"
            )
        return (
            f"Answers with a probability of at least {self.threshold:.3f} are sure: {self._where}, "
            f"{percent(self.coverage)} of the answers are sure and {percent(self.accuracy)} of "
            f"these are correct (target: {percent(self.precision)})."
        )

    @property
    def _where(self) -> str:
        if self.folds is None:
            return f"on {counted(self.photos, 'validation photo')}"
        return f"in cross-validation on {counted(self.photos, 'photo')}"

    def _needed(self) -> str:
        if self.photos_needed is None:
            return "More photos alone would not help; use a lower precision."
        if self.folds is None:
            return (
                f"About {self.photos_needed:,} photos would be enough: also pass training_data, "
                "add photos, or use a lower precision."
            )
        return (
            f"About {self.photos_needed:,} photos would be enough: add photos, or use a lower "
            "precision."
        )

    def _unknown(self) -> str:
        if self.farthest is None:
            return "There are too few photos to tell photos of unknown leaves."
        return f"Photos farther than {self.farthest:.3f} from every class are unknown."
