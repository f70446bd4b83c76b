"""Predictions for large data sets, in Parquet files, with resuming."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

from transferleaf.errors import ConfigError
from transferleaf.files.versions import __version__
from transferleaf.scaling.answering import PredictTask
from transferleaf.scaling.extras import need_for_bulk
from transferleaf.scaling.model_digest import model_digest
from transferleaf.scaling.output_folder import OutputFolder, part_name
from transferleaf.scaling.parts import PHOTOS_PER_PART, Part, cut
from transferleaf.scaling.photo_locations import find_photos, in_memory
from transferleaf.scaling.prediction_table import count_errors
from transferleaf.scaling.running import run
from transferleaf.scaling.workers import Workers
from transferleaf.whole_numbers import whole_number

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier
    from transferleaf.datasets.leaf_dataset import LeafDataset


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPredictions:
    """The result of ``predict_photos_to``.

    Attributes:
        folder: The folder of the Parquet files.
        parts: Their names, in the order of the photos.
        photos: Number of photos, with one row each.
        bad: Number of photos with an error instead of a prediction.
        found_done: Number of parts that an earlier call finished.
    """

    folder: str
    parts: tuple[str, ...]
    photos: int
    bad: int
    found_done: int


def predict_photos_to(
    classifier: TransferClassifier,
    photos: LeafDataset | str | PathLike[str] | Iterable[str | PathLike[str]],
    folder: str | PathLike[str],
    *,
    on: str | None = None,
    top_k: int = 5,
    workers: Workers = Workers(),  # noqa: B008 - frozen
    photos_per_part: int = PHOTOS_PER_PART,
    progress: Callable[[int, int], None] | None = None,
) -> BulkPredictions:
    """Predict the class of photos, and write one row per photo to Parquet files in a folder.

    Each file is written atomically. After an interruption, the same call continues. The file
    ``_SUCCESS`` is written at the end, and ``read_predictions`` requires it.

    Args:
        classifier: A trained ``TransferClassifier``.
        photos: A leaf data set, or paths and patterns; see ``find_photos``.
        folder: A new folder, or that of an interrupted call: a path that all machines can access,
            or a URL that fsspec can write to.
        on: ``None`` for this machine, ``"ray"``, or the address of a Ray cluster.
        top_k: Number of most probable classes to write for each photo, at least 1.
        workers: The resources of each Ray worker.
        photos_per_part: Number of photos per task and per file.
        progress: Called after each part with the number of finished photos and of all photos.

    Returns:
        The contents of the folder.

    Raises:
        ConfigError: An argument is invalid, or there are no photos.
        NotTrainedError: The classifier is not trained.
        BulkFolderError: The folder contains something else.
        MissingExtraError: Ray, PyArrow or fsspec is not installed.
        BulkRunError: Ray failed.
    """
    # Imported here, because it needs Keras, which a machine without photos does not.
    from transferleaf.training.checks import check_trained

    top_k = whole_number("top_k", top_k, minimum=1)
    photos_per_part = whole_number("photos_per_part", photos_per_part, minimum=1)
    check_trained(classifier, "a prediction")
    need_for_bulk(on)
    output = OutputFolder.of(folder)
    _check_reachable(output, on)
    locations = find_photos(photos)
    parts = list(cut(locations, photos_per_part))
    call = {
        "transferleaf": __version__,
        "model": model_digest(classifier),
        "top_k": top_k,
        "photos_per_part": photos_per_part,
    }
    work = str(sorted(call.items()))
    names = [part_name(part.number, part.digest(work)) for part in parts]
    done = output.begin(call)
    bad = sum(count_errors(output.read(name)) for name in names if name in done)
    left = [part for part, name in zip(parts, names, strict=True) if name not in done]
    task = PredictTask(
        classifier=classifier, folder=output, work=work, top_k=top_k, photos=len(locations)
    )
    bad += _run(task, left, on, workers, _Count(progress, _photos(parts), _photos(left)))
    output.finish(names, {"photos": len(locations), "bad": bad})
    return BulkPredictions(
        folder=output.address,
        parts=tuple(names),
        photos=len(locations),
        bad=bad,
        found_done=len(parts) - len(left),
    )


@dataclass(frozen=True, slots=True)
class _Count:
    """Counts the finished photos for ``progress``."""

    progress: Callable[[int, int], None] | None
    total: int
    left: int

    def tell(self, done: int) -> None:
        if self.progress is not None:
            self.progress(self.total - self.left + done, self.total)


def _run(
    task: PredictTask, left: Sequence[Part], on: str | None, workers: Workers, count: _Count
) -> int:
    sizes = {part.number: len(part.photos) for part in left}
    reachable = left if on is None else [Part(p.number, in_memory(p.photos)) for p in left]
    bad = done = 0
    for number, without_answer in run(task, reachable, on=on, workers=workers):
        bad += without_answer
        done += sizes[number]
        count.tell(done)
    return bad


def _photos(parts: Iterable[Part]) -> int:
    return sum(len(part.photos) for part in parts)


def _check_reachable(output: OutputFolder, on: str | None) -> None:
    if on is not None and output.address.startswith("memory://"):
        must = "be a location that all workers can write to; memory:// exists only in this process"
        raise ConfigError("folder", output.address, must)
