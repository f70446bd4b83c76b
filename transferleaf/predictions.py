"""The prediction for one photo: its class, crop, disease, probability and verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, SupportsIndex, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.table import Column, Table
from rich.text import Text

from transferleaf.datasets.labels import LeafLabel, parse_label
from transferleaf.text.notebook import data_frame, html_of
from transferleaf.text.terminal import from_strangers
from transferleaf.text.wording import counted, probability

Verdict: TypeAlias = Literal["sure", "unsure", "unknown", "uncalibrated"]

VERDICTS: dict[Verdict, str] = {
    "sure": "the probability is high enough for the requested precision",
    "unsure": "the probability is too low for the requested precision; check the photo",
    "unknown": "the photo is unlike the training photos; do not use the prediction",
    "uncalibrated": "the precision of the predictions is not known",
}
"""The meaning of each verdict."""

_NONE = "without a prediction"
_SHOWN = 50  # rows in a notebook, which slows down with thousands
_UNBOUND = 10_000  # characters per line, so that paths have no line breaks and can be copied


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LeafPrediction:
    """The prediction for one photo, or the reason why there is none.

    Attributes:
        path: The photo.
        label: The most probable class, such as ``"Tomato___Late_blight"``. ``None`` if the file
            cannot be read as a photo.
        crop: The crop. ``None`` if the class name has no crop.
        disease: The disease. ``None`` for a healthy leaf, or if the class name has no disease.
        healthy: Whether the leaf is healthy. ``None`` if the class name does not say.
        probability: Probability of ``label``, in [0, 1]. NaN without a label, so that comparisons
            are false.
        top: The most probable classes with their probabilities, in descending order.
        crop_probability: Probability of ``crop``: the sum over its classes.
        error: Why the file cannot be read as a photo. ``None`` if it can.
        verdict: Whether to trust the prediction: ``"sure"``, ``"unsure"``, ``"unknown"`` (the photo
            is unlike the training photos) or ``"uncalibrated"``; see ``VERDICTS``. ``None`` without
            a prediction.
    """

    path: Path
    label: str | None
    crop: str | None
    disease: str | None
    healthy: bool | None
    probability: float
    top: tuple[tuple[str, float], ...]
    crop_probability: float | None
    error: str | None = None
    verdict: Verdict | None = None

    def __repr__(self) -> str:
        if self.label is None:
            return f"LeafPrediction({str(self.path)!r}, error={self.error!r})"
        return (
            f"LeafPrediction({str(self.path)!r}, {self.label!r}, "
            f"probability={self.probability:.4f}, verdict={self.verdict!r})"
        )

    def _repr_html_(self) -> str:
        path = from_strangers(str(self.path))
        return html_of(path, prediction_table([self], paths=False), width=_UNBOUND)


class Predictions(list[LeafPrediction]):
    """A list of predictions. Its repr is one line, and a notebook displays it as a table."""

    @overload
    def __getitem__(self, index: SupportsIndex) -> LeafPrediction: ...
    @overload
    def __getitem__(self, index: slice) -> Predictions: ...
    def __getitem__(self, index: SupportsIndex | slice) -> LeafPrediction | Predictions:
        """Return one prediction, or ``Predictions`` for a slice."""
        if isinstance(index, slice):
            return Predictions(super().__getitem__(index))
        return super().__getitem__(index)

    def __repr__(self) -> str:
        numbers = Counter(each.verdict or _NONE for each in self)
        parts = [f"{numbers[name]:,} {name}" for name in (*VERDICTS, _NONE) if numbers[name]]
        return f"Predictions({', '.join([counted(len(self), 'photo'), *parts])})"

    def _repr_html_(self) -> str:
        return _html_of_some(self)

    def to_pandas(self) -> Any:
        """Return a ``pandas.DataFrame`` with one row per photo, without ``top``.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        rows = [asdict(found) | {"path": str(found.path)} for found in self]
        return data_frame([{key: row[key] for key in row if key != "top"} for row in rows])


def prediction_table(found: Sequence[LeafPrediction], *, paths: bool = True) -> Table:
    """Lay out predictions as a table with photo, class, probability and verdict.

    Args:
        found: The predictions.
        paths: Whether to add a column with the paths of the photos.
    """
    table = Table(
        *([Column("photo", overflow="fold")] if paths else []),
        Column("prediction", overflow="fold"),
        Column("probability", justify="right"),
        Column("verdict", no_wrap=True),
        box=box.SIMPLE_HEAD if paths else None,
        padding=(0, 1) if paths else (0, 1, 0, 2),
        pad_edge=not paths,
        show_header=paths,
    )
    for each in found:
        path = [from_strangers(str(each.path))] if paths else []
        if each.label is None:
            table.add_row(*path, from_strangers(f"error: {each.error}"), "", "")
            continue
        for place, (label, value) in enumerate(each.top):
            cells = (from_strangers(label), probability(value), "" if place else each.verdict)
            table.add_row(*([Text("")] * len(path) if place else path), *cells)
    return table


def _html_of_some(found: Sequence[LeafPrediction]) -> str:
    """Return the first predictions as an HTML table, with a row and the best class for each."""
    table = Table("prediction", "probability", "verdict", "photo", box=box.SIMPLE_HEAD)
    table.columns[1].justify = "right"
    for each in found[:_SHOWN]:
        named = (
            (from_strangers(each.label), probability(each.probability), each.verdict)
            if each.label is not None
            else (from_strangers(f"error: {each.error}"), "", "")
        )
        table.add_row(*named, from_strangers(str(each.path)))
    others = len(found) - _SHOWN
    end = [f"and {counted(others, 'more photo')}; to_pandas() has all"] if others > 0 else []
    return html_of(table, *end, width=_UNBOUND)


def describe_prediction(
    path: Path,
    probabilities: NDArray[Any],
    labels: tuple[LeafLabel, ...],
    *,
    top_k: int,
    verdict: Verdict = "uncalibrated",
) -> LeafPrediction:
    """Convert the probabilities of one photo, shape ``(n_classes,)``, to a prediction."""
    # A stable sort keeps the order of classes with equal probabilities.
    order = np.argsort(-probabilities, kind="stable")
    best = labels[order[0]]
    of_crop = [p for p, label in zip(probabilities, labels, strict=True) if label.crop == best.crop]
    return LeafPrediction(
        path=path,
        label=best.name,
        crop=best.crop,
        disease=best.disease,
        healthy=best.healthy,
        probability=float(probabilities[order[0]]),
        top=tuple((labels[i].name, float(probabilities[i])) for i in order[:top_k]),
        crop_probability=None if best.crop is None else min(1.0, float(np.sum(of_crop))),
        verdict=verdict,
    )


def no_prediction(path: Path, reason: str) -> LeafPrediction:
    """Return a prediction that says why the file cannot be classified.

    >>> no_prediction(Path("notes.jpg"), "the file is empty.").error
    'the file is empty.'
    """
    return LeafPrediction(
        path=path,
        label=None,
        crop=None,
        disease=None,
        healthy=None,
        probability=float("nan"),
        top=(),
        crop_probability=None,
        error=reason,
    )


def describe_predictions(
    paths: Sequence[Path],
    probabilities: NDArray[Any],
    reasons: Mapping[int, str],
    *,
    classes: Sequence[str],
    top_k: int,
    verdicts: Sequence[Verdict] | None = None,
) -> Predictions:
    """Convert the probabilities of photos, shape ``(n, n_classes)``, to predictions.

    Args:
        paths: The photos.
        probabilities: One row per photo. Rows of unreadable photos are ignored.
        reasons: Why photos could not be read, by index.
        classes: Names of the classes.
        top_k: How many of the most probable classes to name.
        verdicts: The verdict of each answer. ``None`` if the classifier is not calibrated.
    """
    labels = tuple(parse_label(name) for name in classes)
    return Predictions(
        no_prediction(path, reasons[position])
        if position in reasons
        else describe_prediction(
            path,
            probabilities[position],
            labels,
            top_k=top_k,
            verdict="uncalibrated" if verdicts is None else verdicts[position],
        )
        for position, path in enumerate(paths)
    )


def judge_answers(
    probabilities: NDArray[Any],
    distances: NDArray[Any],
    *,
    threshold: float | None,
    farthest: float | None,
) -> tuple[Verdict, ...]:
    """Return the verdict of each answer.

    Args:
        probabilities: Shape ``(n, n_classes)``.
        distances: Distances to the nearest class mean, shape ``(n,)``.
        threshold: Top probability from which an answer is sure. ``None`` if no threshold reaches
            the requested precision. The answers are then uncalibrated.
        farthest: Distance beyond which a photo is unknown. ``None``: no photo is unknown.

    >>> judge_answers(
    ...     np.array([[0.8, 0.2], [0.6, 0.4], [0.0, 1.0]]),
    ...     np.array([1.0, 1.0, 6.0]),
    ...     threshold=0.7,
    ...     farthest=2.0,
    ... )
    ('sure', 'unsure', 'unknown')
    """
    last = np.inf if farthest is None else farthest
    return tuple(
        "unknown" if distance > last else _judged(top, threshold)
        for distance, top in zip(distances, np.max(probabilities, axis=1), strict=True)
    )


def _judged(top: float, threshold: float | None) -> Verdict:
    if threshold is None:
        return "uncalibrated"
    return "sure" if top >= threshold else "unsure"
