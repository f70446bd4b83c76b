"""Predictions for very many photos, in Parquet files that a killed call goes on from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

from transferleaf.errors import ConfigError
from transferleaf.scaling.answering import PredictTask
from transferleaf.scaling.extras import need_for_bulk
from transferleaf.scaling.model_digest import model_digest
from transferleaf.scaling.output_folder import OutputFolder, part_name
from transferleaf.scaling.parts import PHOTOS_PER_PART, Part, cut
from transferleaf.scaling.photo_locations import find_photos, in_memory
from transferleaf.scaling.prediction_table import count_errors
from transferleaf.scaling.running import run
from transferleaf.scaling.workers import Workers
from transferleaf.versions import __version__
from transferleaf.whole_numbers import whole_number

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier
    from transferleaf.datasets.leaf_dataset import LeafDataset


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPredictions:
    """What a call of ``predict_photos_to`` left behind.

    Attributes:
        folder: Where the Parquet files lie.
        parts: Their names, in the order of the photos.
        photos: How many photos there were, each of which has one row.
        bad: How many of them have an error instead of a prediction.
        found_done: How many parts an earlier call had finished.
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
    """Classify photos, and write one row for each into a folder of Parquet files.

    Files are written part by part, each whole or not at all, and named by the photos and the
    classifier: the same call goes on after an interrupt of any kind. ``_SUCCESS`` appears when all
    are there, and ``read_predictions`` reads no folder without it.

    Args:
        classifier: Answers.
        photos: A leaf data set or words; see ``find_photos``.
        folder: A folder of its own, new or from an interrupted call: a path that all machines see,
            or a URL that fsspec can write to.
        on: ``None`` for this machine, ``"ray"``, or an address of Ray.
        top_k: How many of the most probable classes to name, at least 1.
        workers: What each worker on Ray may use.
        photos_per_part: Photos that a worker takes at a time, and rows of a file.
        progress: Called after each part with how many photos are done and how many there are.

    Returns:
        What lies in the folder now.

    Raises:
        ConfigError: An option cannot work, or nothing is named.
        NotTrainedError: The classifier was never trained.
        BulkFolderError: The folder holds something else.
        MissingExtraError: Ray, PyArrow or fsspec is not installed.
        BulkRunError: Ray failed.
    """
    # Here: it needs Keras, which the machine that only asks need not wait for.
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
    """Tells how many photos are done."""

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
        must = "be a place that all workers can write to; memory:// lies in this process alone"
        raise ConfigError("folder", output.address, must)
