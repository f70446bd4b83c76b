"""Comparison of the predictions of an exported file with those of the classifier."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from transferleaf.errors import ExportMismatchError
from transferleaf.export.file_format import Photos
from transferleaf.export.metadata import ExportMetadata
from transferleaf.text.wording import percent

Predict: TypeAlias = Callable[[Photos], NDArray[np.float32]]
"""A function from photos to class probabilities, shape ``(n, n_classes)``."""

MAX_DIFFERENCE = 1e-4
"""Maximum difference of the probabilities of a float32 file from ``predict``."""
MIN_SAME_LABEL = 0.99
"""Minimum share of the photos with the same class in an int8 file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCheck:
    """The result of an export: the file, and how its predictions compare with the classifier's.

    Attributes:
        path: The file or folder.
        format: Its format, such as ``"onnx"``.
        quantization: The quantisation; ``None`` for float32.
        size_bytes: Size of all its files.
        photo_size: Height and width of the photos that it takes; ``None`` for any size.
        photos: Number of compared photos; 0 with ``verify=False``.
        max_difference: The largest difference of a probability; ``None`` with ``verify=False``.
        same_label: Share of the photos with the same most probable class, in [0, 1].
        photos_per_second: Speed on this machine, without reading files.
    """

    path: Path
    format: str
    quantization: str | None
    size_bytes: int
    photo_size: tuple[int, int] | None
    photos: int = 0
    max_difference: float | None = None
    same_label: float | None = None
    photos_per_second: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the predictions are close enough. False with ``verify=False``."""
        if self.max_difference is None or self.same_label is None:
            return False
        if self.quantization is None:
            # Written so that NaN fails.
            return self.max_difference <= MAX_DIFFERENCE
        return self.same_label >= MIN_SAME_LABEL

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes as a dictionary of JSON values."""
        return {**asdict(self), "path": str(self.path), "passed": self.passed}

    def at(self, path: Path) -> ExportCheck:
        """Return the same result for a file that was moved to ``path``."""
        return replace(self, path=path)

    def mismatch(self) -> ExportMismatchError:
        """Return an error with the differences of the predictions."""
        return ExportMismatchError(
            self.format,
            quantization=self.quantization,
            photos=self.photos,
            max_difference=float("nan") if self.max_difference is None else self.max_difference,
            same_label=float("nan") if self.same_label is None else self.same_label,
        )

    def __str__(self) -> str:
        told = f"{self.path}: {self.format}, {self.size_bytes / 1e6:.1f} MB, "
        if self.max_difference is None or self.same_label is None:
            return f"{told}not checked"
        return (
            f"{told}same class for {percent(self.same_label)} of {self.photos:,} photos, "
            f"probabilities within {self.max_difference:.1e}"
        )

    def __rich__(self) -> Table:
        table = Table(
            "format", "data type", "input size", "size", "max. difference", "same class",
            "photos/s", title=str(self.path),
        )  # fmt: skip
        size = "any size" if self.photo_size is None else "{} x {} px".format(*self.photo_size)
        checked = (
            ("not checked", "not checked", "-")
            if self.max_difference is None or self.same_label is None
            else (
                f"{self.max_difference:.1e}",
                f"{percent(self.same_label)} of {self.photos:,}",
                f"{self.photos_per_second:,.0f}",
            )
        )
        table.add_row(
            self.format,
            self.quantization or "float32",
            size,
            f"{self.size_bytes / 1e6:.1f} MB",
            *checked,
        )
        return table


def unchecked(path: Path, form: str, metadata: ExportMetadata, *, size_bytes: int) -> ExportCheck:
    """Return the description of a file without a comparison."""
    return ExportCheck(
        path=path,
        format=form,
        quantization=metadata.quantization,
        size_bytes=size_bytes,
        photo_size=metadata.photo_size,
    )


def compare(
    before: ExportCheck, answers: Predict, classifier: Any, batches: Sequence[Photos]
) -> ExportCheck:
    """Compare the predictions of file and classifier for the same photos.

    Args:
        before: The description of the file.
        answers: Returns the predictions of the file for a batch.
        classifier: The exported ``TransferClassifier``.
        batches: Photos, at least one, each ``(n, height, width, 3)``, RGB in [0, 255].
    """
    found = np.concatenate([answers(batch) for batch in batches])
    wanted = classifier.predict(_stream(batches), verbose=0)
    same = found.argmax(axis=1) == wanted.argmax(axis=1)
    return replace(
        before,
        photos=len(wanted),
        max_difference=float(np.max(np.abs(found - wanted))),
        same_label=float(np.mean(same)),
        photos_per_second=_speed(answers, batches[0]),
    )


def _stream(batches: Sequence[Photos]) -> Any:
    """Return batches of several sizes as a stream, for which ``predict`` is traced once."""
    import tensorflow as tf  # not at the top, because files of other formats open without it

    spec = tf.TensorSpec((None, None, None, 3), batches[0].dtype)
    stream = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=spec)
    return stream.apply(tf.data.experimental.assert_cardinality(len(batches)))


def _speed(answers: Predict, batch: Photos) -> float:
    answers(batch)  # some runtimes prepare for a new size
    begin = time.perf_counter()
    answers(batch)
    return len(batch) / (time.perf_counter() - begin)
