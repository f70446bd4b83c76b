"""The figures of one set of test photos."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from transferleaf.reports.coverage import CoveragePoint
from transferleaf.reports.facts import UnreadablePhoto
from transferleaf.reports.metrics import Interval
from transferleaf.reports.per_class import ClassReport
from transferleaf.reports.reliability import ReliabilityCurve


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownClass:
    """Photos of a class that the classifier does not know; they count in no figure.

    Attributes:
        name: The class, as the data set calls it.
        photos: How many there are.
        mean_confidence: Mean of the top probabilities it gave them all the same, in [0, 1].
        answered: How many it would answer, although it cannot be right: those whose top
            probability reaches the calibrated threshold; ``None`` without a threshold.
    """

    name: str
    photos: int
    mean_confidence: float
    answered: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A photo that was classified wrongly.

    Attributes:
        photo: Its name, as in ``LeafDataset.names``.
        true: The true class.
        predicted: The class that was most probable.
        probability: Probability of ``predicted``, in [0, 1].
        true_probability: Probability of ``true``, in [0, 1].
        thumbnail: The photo as a JPEG of at most 256 x 256 pixels; ``None`` where there is none.
        overlay: The same with what the decision rests on laid over it, as a JPEG; ``None``
            where there is none.
        attention_on_leaf: Share of that evidence that lies on the leaf, in [0, 1]; ``None`` where
            it is not known.
    """

    photo: str
    true: str
    predicted: str
    probability: float
    true_probability: float
    thumbnail: bytes | None = None
    overlay: bytes | None = None
    attention_on_leaf: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold; pictures are in base64."""
        pictures = {"thumbnail": _as_text(self.thumbnail), "overlay": _as_text(self.overlay)}
        return {**asdict(self), **pictures}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Mistake:
        """Restore what ``to_dict`` gave."""
        pictures = {name: _as_bytes(values[name]) for name in ("thumbnail", "overlay")}
        return cls(**{**values, **pictures})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReport:
    """The figures of one set of test photos.

    Intervals hold the true value with 95 % confidence; they come from resampling leaves, since
    photos of one leaf are right or wrong together.

    Attributes:
        name: What the set is called, such as ``"lab"`` or ``"field"``.
        origin: Where the photos come from, for people.
        fingerprint: ``LeafDataset.fingerprint()``: SHA-256 over classes, names and labels.
        photos: Photos that were judged, at least 1.
        leaves: Known leaves among them; ``None`` where no leaf is known, and each photo was
            taken for a leaf of its own.
        shared_leaf_photos: Judged photos whose leaf was trained on as well: above 0, the figures
            flatter. ``None`` where leaves or training photos are not known.
        unreadable: Photos that could not be read; they count in no figure.
        unknown: Classes that the classifier does not know; they count in no figure.
        accuracy: Share of the photos whose top class is right.
        macro_f1: Mean of F1 over the classes that occur or were predicted.
        top_k: How many classes ``top_k_accuracy`` looks at; 5, or fewer where there are fewer.
        top_k_accuracy: Share of the photos whose true class is among the ``top_k`` most probable.
        per_class: Each class, in order of the classifier's classes.
        confusion: Photos by true class (row) and predicted class (column), in the same order.
        crop_accuracy: Share of the photos whose top class is of the right crop, whatever the
            disease; ``None`` where class names tell fewer than two crops.
        healthy_accuracy: Share of the photos whose top class is rightly a healthy or a sick one;
            ``None`` where class names do not tell.
        temperature: The temperature that is folded into the model; 1 without calibration.
        before: Reliability without that temperature.
        after: Reliability of the model as it is; equal to ``before`` where ``temperature`` is 1.
        coverage: Accuracy of the photos it is surest of, from few photos to all of them.
        at_threshold: The same at the calibrated threshold; ``None`` without one.
        mistakes: The wrong answers it was surest of, the surest first; at most 24.
        mistakes_total: How many wrong answers there were.
    """

    name: str
    origin: str
    fingerprint: str
    photos: int
    leaves: int | None
    shared_leaf_photos: int | None = None
    unreadable: tuple[UnreadablePhoto, ...] = ()
    unknown: tuple[UnknownClass, ...] = ()
    accuracy: Interval
    macro_f1: Interval
    top_k: int
    top_k_accuracy: Interval
    per_class: tuple[ClassReport, ...]
    confusion: tuple[tuple[int, ...], ...]
    crop_accuracy: Interval | None
    healthy_accuracy: Interval | None
    temperature: float
    before: ReliabilityCurve
    after: ReliabilityCurve
    coverage: tuple[CoveragePoint, ...]
    at_threshold: CoveragePoint | None = None
    mistakes: tuple[Mistake, ...] = ()
    mistakes_total: int

    @property
    def commonest(self) -> ClassReport:
        """The class that most of the photos show."""
        return max(self.per_class, key=lambda entry: entry.support)

    @property
    def no_better_than_guessing(self) -> bool:
        """Whether always naming the commonest class may do as well.

        Its share of the photos lies inside the interval of the accuracy, or above. Photos of one
        class alone cannot tell.
        """
        guessed = self.commonest.support / self.photos
        return guessed < 1 and guessed >= self.accuracy.low

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {**asdict(self), "mistakes": [mistake.to_dict() for mistake in self.mistakes]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SetReport:
        """Restore what ``to_dict`` gave."""
        point = values["at_threshold"]
        parts = {
            "unreadable": tuple(UnreadablePhoto(**photo) for photo in values["unreadable"]),
            "unknown": tuple(UnknownClass(**entry) for entry in values["unknown"]),
            "per_class": tuple(ClassReport.from_dict(entry) for entry in values["per_class"]),
            "confusion": tuple(tuple(row) for row in values["confusion"]),
            "before": ReliabilityCurve.from_dict(values["before"]),
            "after": ReliabilityCurve.from_dict(values["after"]),
            "coverage": tuple(CoveragePoint(**entry) for entry in values["coverage"]),
            "at_threshold": None if point is None else CoveragePoint(**point),
            "mistakes": tuple(Mistake.from_dict(entry) for entry in values["mistakes"]),
            **{name: _interval(values[name]) for name in _INTERVALS},
        }
        return cls(**{field.name: values[field.name] for field in fields(cls)} | parts)


_INTERVALS = ("accuracy", "macro_f1", "top_k_accuracy", "crop_accuracy", "healthy_accuracy")


def _interval(values: Mapping[str, float] | None) -> Interval | None:
    return None if values is None else Interval(**values)


def _as_text(picture: bytes | None) -> str | None:
    return None if picture is None else base64.b64encode(picture).decode("ascii")


def _as_bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)
