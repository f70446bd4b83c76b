"""The results for one set of test photos."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from transferleaf.reports.background_swap import BackgroundSwap
from transferleaf.reports.coverage import CoveragePoint
from transferleaf.reports.facts import UnreadablePhoto
from transferleaf.reports.metrics import Interval
from transferleaf.reports.per_class import ClassReport
from transferleaf.reports.reliability import ReliabilityCurve


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownClass:
    """Photos of a class that the classifier does not have. They are excluded from the results.

    Attributes:
        name: Name of the class in the data set.
        photos: Number of photos.
        mean_confidence: Mean of the top probabilities, in [0, 1].
        answered: Number of photos whose top probability reaches the calibrated threshold; ``None``
            without a threshold.
    """

    name: str
    photos: int
    mean_confidence: float
    answered: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A misclassified photo.

    Attributes:
        photo: Its name, as in ``LeafDataset.names``.
        true: The true class.
        predicted: The predicted class.
        probability: Probability of ``predicted``, in [0, 1].
        true_probability: Probability of ``true``, in [0, 1].
        thumbnail: The photo as a JPEG of at most 256 x 256 pixels; ``None`` if there is none.
        overlay: The photo with its heat map, as a JPEG; ``None`` if there is none.
        attention_on_leaf: Share of the evidence that is on the leaf, in [0, 1]; ``None`` if
            unknown.
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
        """Return the attributes as a dictionary of JSON values."""
        pictures = {"thumbnail": _as_text(self.thumbnail), "overlay": _as_text(self.overlay)}
        return {**asdict(self), **pictures}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Mistake:
        """Create it from the result of ``to_dict``."""
        pictures = {name: _as_bytes(values[name]) for name in ("thumbnail", "overlay")}
        return cls(**{**values, **pictures})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReport:
    """The results for one set of test photos.

    Intervals are 95 % bootstrap intervals over leaves, because photos of one leaf are not
    independent.

    Attributes:
        name: Name of the set, such as ``"lab"`` or ``"field"``.
        origin: The source of the photos, as text.
        fingerprint: ``LeafDataset.fingerprint()``, a hash of classes, names and labels.
        photos: Number of photos, at least 1.
        leaves: Number of known leaves; ``None`` if no leaf is known, and each photo counts as a
            leaf.
        shared_leaf_photos: Number of photos whose leaf was used for training. If it is above 0, the
            results are too optimistic. ``None`` if leaves or training photos are unknown.
        unreadable: Unreadable photos, which are excluded.
        unknown: Classes that the classifier does not have, which are excluded.
        accuracy: Share of correct predictions.
        macro_f1: Mean F1 of the classes that occur or are predicted.
        top_k: The k of ``top_k_accuracy``: 5, or the number of classes if there are fewer.
        top_k_accuracy: Share of photos whose true class is among the ``top_k`` most probable.
        per_class: The results for each class, in the order of the classifier.
        confusion: The confusion matrix: rows are true classes, columns are predicted classes.
        crop_accuracy: Share of photos whose crop is predicted correctly; ``None`` if the class
            names have fewer than two crops.
        healthy_accuracy: Share of photos that are correctly predicted as healthy or diseased;
            ``None`` if the class names do not say.
        temperature: The calibration temperature of the model; 1 without calibration.
        before: Reliability without this temperature.
        after: Reliability of the model; equal to ``before`` if ``temperature`` is 1.
        coverage: Accuracy of the most confident predictions, from few photos to all.
        at_threshold: Coverage and accuracy of the sure predictions; ``None`` without a threshold.
        verdicts: Number of predictions with each verdict, as ``predict_photos`` gives them.
            ``None`` without calibration, and in files of earlier versions.
        mistakes: At most 24 wrong predictions, the most confident first.
        mistakes_total: Number of wrong predictions.
        swap: Accuracy with the leaves on other backgrounds; ``None`` if it was not measured.
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
    verdicts: Mapping[str, int] | None = None
    mistakes: tuple[Mistake, ...] = ()
    mistakes_total: int
    swap: BackgroundSwap | None = None

    @property
    def commonest(self) -> ClassReport:
        """The most frequent class."""
        return max(self.per_class, key=lambda entry: entry.support)

    @property
    def no_better_than_guessing(self) -> bool:
        """Whether always predicting the most frequent class may be as accurate.

        This is true if its share is inside or above the interval of the accuracy. It is not defined
        for photos of a single class.
        """
        guessed = self.commonest.support / self.photos
        return guessed < 1 and guessed >= self.accuracy.low

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return {**asdict(self), "mistakes": [mistake.to_dict() for mistake in self.mistakes]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SetReport:
        """Create it from the result of ``to_dict``."""
        point = values["at_threshold"]
        parts: dict[str, Any] = {
            "unreadable": tuple(UnreadablePhoto(**photo) for photo in values["unreadable"]),
            "unknown": tuple(UnknownClass(**entry) for entry in values["unknown"]),
            "per_class": tuple(ClassReport.from_dict(entry) for entry in values["per_class"]),
            "confusion": tuple(tuple(row) for row in values["confusion"]),
            "before": ReliabilityCurve.from_dict(values["before"]),
            "after": ReliabilityCurve.from_dict(values["after"]),
            "coverage": tuple(CoveragePoint(**entry) for entry in values["coverage"]),
            "at_threshold": None if point is None else CoveragePoint(**point),
            "verdicts": values.get("verdicts"),
            "mistakes": tuple(Mistake.from_dict(entry) for entry in values["mistakes"]),
            "swap": _swap(values.get("swap")),
            **{name: _interval(values[name]) for name in _INTERVALS},
        }
        plain = {name: values[name] for name in _names() if name not in parts}
        return cls(**plain, **parts)


_INTERVALS = ("accuracy", "macro_f1", "top_k_accuracy", "crop_accuracy", "healthy_accuracy")


def _names() -> list[str]:
    return [field.name for field in fields(SetReport)]


def _swap(values: Mapping[str, Any] | None) -> BackgroundSwap | None:
    return None if values is None else BackgroundSwap.from_dict(values)


def _interval(values: Mapping[str, float] | None) -> Interval | None:
    return None if values is None else Interval(**values)


def _as_text(picture: bytes | None) -> str | None:
    return None if picture is None else base64.b64encode(picture).decode("ascii")


def _as_bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)
