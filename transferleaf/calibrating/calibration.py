"""The result of a calibration, as an immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from typing_extensions import Self

from transferleaf.text.wording import counted, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The result of ``TransferClassifier.calibrate``.

    Attributes:
        temperature: Divisor of the logits, above 0. It is above 1 if the classifier was
            overconfident. It is part of the weights of the model.
        precision: The requested share of correct predictions among those that are "sure", in (0,
            1).
        threshold: The probability from which a prediction is "sure", in [0, 1]. ``None`` if no
            threshold was shown to reach ``precision``; predictions are then "uncalibrated".
        coverage: Share of the photos whose prediction is "sure", in [0, 1].
        accuracy: Share of correct predictions among these, in [0, 1]. ``None`` if there are none.
        farthest: Distance to the nearest class mean above which a photo is "unknown"; see
            ``ClassMeans``. ``None`` if there were too few photos.
        photos: Number of photos of the calibration.
        folds: Number of cross-validation folds. ``None`` if only validation photos were used.
        photos_needed: Estimated number of photos that would be enough for a threshold. ``None`` if
            there is a threshold, or if more photos would not be enough.
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
        """Return the attributes as a dictionary of JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Create a calibration from the result of ``to_dict``."""
        return cls(**values)

    @property
    def outcome(self) -> str:
        """The threshold and its precision, or why there is none, in one or two sentences."""
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
            return "There are too few photos to recognise photos of unknown leaves."
        return f"Photos farther than {self.farthest:.3f} from every class are unknown."
