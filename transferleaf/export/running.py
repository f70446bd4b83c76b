"""Run an exported file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photo_paths import photo_paths
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.errors import (
    ConfigError,
    Found,
    MissingExtraError,
    ModelFileError,
    PhotoError,
    UntrustedModelError,
)
from transferleaf.export.file_format import (
    DISTANCE,
    PROBABILITIES,
    Answers,
    FileFormat,
    Photos,
    Run,
)
from transferleaf.export.formats import format_of
from transferleaf.export.metadata import ExportMetadata
from transferleaf.predictions import Predictions, Verdict, describe_predictions, judge_answers
from transferleaf.whole_numbers import whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedClassifier:
    """An exported file that is ready to use.

    Attributes:
        path: The file or folder.
        format: Its format, such as ``"onnx"``.
        metadata: Its metadata.
        run: Its graph.
    """

    path: Path
    format: str
    metadata: ExportMetadata
    run: Run

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of the probabilities."""
        return self.metadata.classes

    @property
    def read_size(self) -> tuple[int, int]:
        """Height and width to which photo files are resized when they are read."""
        side = self.metadata.image_size
        return self.metadata.photo_size or (side, side)

    def predict(self, photos: Photos, *, batch_size: int = 32) -> NDArray[np.float32]:
        """Return class probabilities, shape ``(n, n_classes)``; each row sums to 1.

        Args:
            photos: Shape ``(n, height, width, 3)``, ``uint8``, RGB in [0, 255].
            batch_size: Number of photos per batch.

        Raises:
            ConfigError: The photos have another shape or data type than the file takes, or
                ``batch_size`` is too small.
        """
        self._check(photos)
        batch_size = whole_number("batch_size", batch_size, minimum=1)
        starts = range(0, len(photos), batch_size)
        found = [self.run(photos[start : start + batch_size])[PROBABILITIES] for start in starts]
        return np.concatenate(found) if found else np.empty((0, len(self.classes)), np.float32)

    def predict_photos(
        self,
        paths: str | PathLike[str] | Sequence[str | PathLike[str]] | LeafDataset,
        *,
        top_k: int = 5,
        batch_size: int = 32,
    ) -> Predictions:
        """Predict the class of photo files, as ``TransferClassifier.predict_photos`` does.

        Args:
            paths: A path, a list of paths, or a ``LeafDataset``, whose labels are ignored.
            top_k: Number of most probable classes to return for each photo, at least 1.
            batch_size: Number of photos per batch.

        Returns:
            A ``LeafPrediction`` for each path, in order, with a verdict. If a file cannot be read
            as a photo, its prediction has an ``error`` and no label.

        Raises:
            ConfigError: ``paths`` are not paths in an order, or a number is too small.
        """
        top_k = whole_number("top_k", top_k, minimum=1)
        batch_size = whole_number("batch_size", batch_size, minimum=1)
        photos = photo_paths(paths)
        errors: dict[int, PhotoError] = {}
        batches = read_photos(photos, self.read_size, batch_size=batch_size, errors=errors)
        found = [self.run(batch) for batch in batches]
        if not found:
            return Predictions()
        answers = {name: np.concatenate([each[name] for each in found]) for name in found[0]}
        return describe_predictions(
            photos,
            answers[PROBABILITIES],
            {position: error.reason for position, error in errors.items()},
            classes=self.classes,
            top_k=top_k,
            verdicts=self._verdicts(answers),
        )

    def answer(self, photos: Photos) -> tuple[NDArray[np.float32], tuple[Verdict, ...] | None]:
        """Return class probabilities of a batch, and its verdicts; ``None`` without calibration."""
        answers = self.run(photos)
        return answers[PROBABILITIES], self._verdicts(answers)

    def _verdicts(self, answers: Answers) -> tuple[Verdict, ...] | None:
        if DISTANCE not in answers:
            return None
        return judge_answers(
            answers[PROBABILITIES],
            answers[DISTANCE],
            threshold=self.metadata.threshold,
            farthest=self.metadata.farthest,
        )

    def _check(self, photos: Photos) -> None:
        height, width = self.metadata.photo_size or (None, None)
        told = f"(n, {height or 'height'}, {width or 'width'}, 3)"
        kind = getattr(photos, "dtype", type(photos).__name__)
        fits = (
            getattr(photos, "dtype", None) == np.uint8
            and np.ndim(photos) == 4
            and photos.shape[3] == 3
            and self.metadata.photo_size in (None, photos.shape[1:3])
        )
        if not fits:
            found = Found(f"{kind} of shape {np.shape(photos)}")
            raise ConfigError("photos", found, f"have shape {told} and dtype uint8")


def open_exported(path: str | PathLike[str], *, trust: bool = False) -> ExportedClassifier:
    """Open a file that ``TransferClassifier.export`` wrote, in any format.

    Args:
        path: The file, or the folder of a SavedModel.
        trust: Whether to open a SavedModel that was not exported on this machine, or that was
            changed afterwards. TensorFlow runs its operations, which can read and write files.

    Raises:
        ModelFileError: The file is damaged, or was not exported by transferleaf.
        UntrustedModelError: It is a SavedModel from elsewhere, and ``trust`` is false.
        MissingExtraError: The package that runs this format is not installed.
    """
    file = Path(path)
    form = format_of(file)
    if form is None:
        told = "there is no such file." if not file.exists() else _NO_FORMAT
        raise ModelFileError(file, told)
    metadata = _metadata(file, form)
    if not (trust or form.harmless(file)):
        raise UntrustedModelError(file)
    try:
        run = form.open(file)
    except MissingExtraError:
        raise
    except Exception as error:  # a damaged file can raise any exception
        first_line = str(error).strip().partition("\n")[0][:300] or type(error).__name__
        raise ModelFileError(file, f"its runtime cannot open it ({first_line}).") from error
    return ExportedClassifier(path=file, format=form.name, metadata=metadata, run=run)


_NO_FORMAT = "it is neither a SavedModel nor a LiteRT, ONNX or OpenVINO file."


def is_exported(path: Path) -> bool:
    """Return whether ``path`` has one of the formats of exported files."""
    return format_of(path) is not None


def needs_tensorflow(path: Path) -> bool:
    """Whether running an exported file needs TensorFlow, which takes seconds to start."""
    form = format_of(path)
    return form is not None and form.tensorflow()


def _metadata(file: Path, form: FileFormat) -> ExportMetadata:
    text = form.read_metadata(file)
    if text is None:
        told = f"it is a model in the format {form.name!r} that transferleaf did not export."
        raise ModelFileError(file, told)
    try:
        return ExportMetadata.from_json(text)
    except ConfigError as error:
        raise ModelFileError(file, str(error)) from None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFileError(file, f"its metadata is damaged ({error}).") from error
