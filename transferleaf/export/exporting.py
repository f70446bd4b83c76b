"""Export a classifier: write a temporary file, compare it with the classifier, and move it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.errors import (
    ConfigError,
    ExportFailedError,
    ExportTargetError,
    Found,
    TransferLeafError,
)
from transferleaf.export.checking import ExportCheck, compare, unchecked
from transferleaf.export.file_format import FileFormat, Photos
from transferleaf.export.formats import format_to_write
from transferleaf.export.litert import INT8_SCHEMES, write_int8
from transferleaf.export.metadata import ExportMetadata, checked_photo_size
from transferleaf.export.photos import calibration_photos, check_batches, halves, photo_files
from transferleaf.export.running import open_exported
from transferleaf.files.whole_files import PART_SUFFIX, is_abandoned, owner_mark, remove
from transferleaf.process.quiet_start import stderr_held_back


def export_classifier(
    classifier: Any,
    filepath: str | PathLike[str],
    format: str | None = None,
    *,
    quantize: str | None = None,
    photos: LeafDataset | None = None,
    photo_size: int | tuple[int, int] | None = None,
    verify: bool = True,
    overwrite: bool = False,
) -> ExportCheck:
    """Export a classifier for other programs, and compare its predictions with the classifier's.

    The exported model takes raw photos, shape ``(batch, height, width, 3)``, ``uint8``, RGB in [0,
    255], and returns probabilities, shape ``(batch, n_classes)``. The file contains the class names
    and other metadata.

    Args:
        classifier: A trained ``TransferClassifier``.
        filepath: The file to write, ending in ``.tflite``, ``.onnx`` or ``.xml``, or the folder of
            a SavedModel.
        format: ``"saved_model"`` (or ``"tf_saved_model"``), ``"litert"``, ``"onnx"`` or
            ``"openvino"``. Default: by the ending of ``filepath``.
        quantize: ``"int8"`` stores weights in 8 bits; only for ``"litert"``. Activations are
            quantised as far as the predictions stay the same. The head stays in float32.
        photos: Photos for the comparison. Default: drawn leaves. Int8 requires photos: one half
            determines the ranges of the activations, the other half is for the comparison.
        photo_size: Height and width of the photos that the exported model takes. Default: the input
            size of the network for LiteRT, any size for the other formats.
        verify: Whether to compare the predictions.
        overwrite: Whether to replace an existing export at ``filepath``. Other files are never
            replaced.

    Returns:
        The result of the comparison, with the size and the speed of the file.

    Raises:
        ConfigError: An argument has an invalid value.
        NotTrainedError: The classifier is not trained.
        ExportTargetError: ``filepath`` exists.
        ExportFailedError: The format does not support this classifier.
        ExportMismatchError: A float32 probability differs by more than 1e-4, or fewer than 99 % of
            the photos have the same class in int8. The file is deleted.
        MissingExtraError: The format needs a package that is not installed.
        PhotoError: A photo cannot be read.
    """
    form = check_export(
        filepath,
        format,
        quantize=quantize,
        photos=photos,
        photo_size=photo_size,
        overwrite=overwrite,
    )
    check_classifier(classifier)
    size = checked_photo_size(photo_size)
    if size is None and not form.any_size:
        size = (classifier.image_size, classifier.image_size)
    export = _Export(
        classifier=classifier, form=form, target=Path(filepath), photo_size=size, photos=photos
    )
    return export.run(_int8_attempts(export) if quantize else [_float_attempt(export)], verify)


def check_export(
    filepath: str | PathLike[str],
    format: str | None,
    *,
    quantize: str | None,
    photos: LeafDataset | None,
    photo_size: int | tuple[int, int] | None,
    overwrite: bool,
) -> FileFormat:
    """Refuse invalid options before a classifier is loaded.

    Args:
        filepath: See ``export_classifier``, also for the other arguments.
        format: Name of the format.
        quantize: The quantisation.
        photos: The photos for the comparison.
        photo_size: Height and width of the photos that the file takes.
        overwrite: Whether to replace an existing export.

    Returns:
        The format.

    Raises:
        ConfigError: An option has an invalid value.
        ExportTargetError: ``filepath`` exists.
        MissingExtraError: The format needs a package that is not installed.
    """
    target = Path(filepath)
    form = format_to_write(format, target)
    _check_options(form, quantize, photos)
    checked_photo_size(photo_size)
    form.needs()
    _check_target(form, target, overwrite)
    return form


def check_classifier(classifier: Any) -> None:
    """Refuse to export an untrained classifier.

    Raises:
        NotTrainedError: The classifier is not trained.
    """
    # Imported here, because it needs Keras, and invalid options are refused without it.
    from transferleaf.training.checks import check_trained

    check_trained(classifier, "an export")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """A way to write the file, with its metadata."""

    metadata: ExportMetadata
    write: Callable[[Any, Path, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Export:
    """An export: the classifier, the format and the target."""

    classifier: Any
    form: FileFormat
    target: Path
    photo_size: tuple[int, int] | None
    photos: LeafDataset | None

    def describe(self, quantization: str | None = None) -> ExportMetadata:
        return ExportMetadata.of(
            self.classifier, photo_size=self.photo_size, quantization=quantization
        )

    def run(self, attempts: list[_Attempt], verify: bool) -> ExportCheck:
        """Keep the first attempt whose predictions agree with the classifier.

        Raises:
            ExportMismatchError: No attempt agrees. The file is deleted.
        """
        for attempt in attempts:
            with _workshop(self.target) as folder:
                made = folder / self.target.name
                self._write(attempt, made)
                check = self._check(attempt, made) if verify else self._unchecked(attempt, made)
                if check.passed or not verify:
                    _move(self.form, made, self.target)
                    return check.at(self.target)
        raise check.mismatch()

    def _write(self, attempt: _Attempt, made: Path) -> None:
        # Imported here, because it needs Keras, and invalid options are refused without it.
        from transferleaf.export.graph import export_graph

        graph = export_graph(
            self.classifier, image_size=self.classifier.image_size, photo_size=self.photo_size
        )
        try:
            with stderr_held_back():
                attempt.write(graph, made, attempt.metadata.to_json())
        except TransferLeafError:
            raise
        except Exception as error:  # converters can raise any exception
            raise ExportFailedError(self.form.name, error) from error

    def _check(self, attempt: _Attempt, made: Path) -> ExportCheck:
        image_size = self.classifier.image_size
        with photo_files(self.photos, image_size=image_size) as files:
            # An int8 file is compared on other photos than those that determined its ranges.
            compared = files if attempt.metadata.quantization is None else halves(files)[1]
            batches = check_batches(compared, image_size=image_size, photo_size=self.photo_size)
        answers = open_exported(made, trust=True).predict

        def run(photos: Photos) -> NDArray[np.float32]:
            try:
                return answers(photos)
            except TransferLeafError:
                raise
            except Exception as error:  # the runtime of a format can raise any exception
                raise ExportFailedError(self.form.name, error, part="runtime") from error

        return compare(self._unchecked(attempt, made), run, self.classifier, batches)

    def _unchecked(self, attempt: _Attempt, made: Path) -> ExportCheck:
        size_bytes = sum(_bytes(part) for part in self.form.parts(made))
        return unchecked(made, self.form.name, attempt.metadata, size_bytes=size_bytes)


def _float_attempt(export: _Export) -> _Attempt:
    return _Attempt(metadata=export.describe(), write=export.form.write)


def _int8_attempts(export: _Export) -> list[_Attempt]:
    if export.photos is None or export.photo_size is None:
        return []  # already refused
    pixels = calibration_photos(halves(export.photos.paths)[0], export.photo_size)
    early = _first_layers(export.classifier.backbone)
    return [
        _Attempt(
            metadata=export.describe(scheme.name), write=write_int8(scheme, pixels, early=early)
        )
        for scheme in INT8_SCHEMES
    ]


def _first_layers(backbone: Any) -> list[str]:
    """Return the names of the layers in the first third of the stages."""
    # Imported here, because it needs Keras.
    from transferleaf.backbones.stages import stages_of_layers

    stage_of = stages_of_layers(backbone.model, backbone.stages)
    return [name for name, stage in stage_of.items() if stage < len(backbone.stages) // 3]


def _check_options(form: FileFormat, quantize: str | None, photos: LeafDataset | None) -> None:
    if photos is not None and not isinstance(photos, LeafDataset):
        must = "be a LeafDataset, such as open_leaves(folder), or None"
        raise ConfigError("photos", Found(type(photos).__name__), must)
    if photos is not None and not len(photos):
        raise ConfigError("photos", photos, "contain at least one photo")
    if quantize is None:
        return
    if quantize != "int8":
        raise ConfigError("quantize", quantize, "be None or 'int8'")
    if form.name != "litert":
        raise ConfigError("quantize", quantize, f"be absent for {form.name!r}; 'litert' has int8")
    if photos is None:
        raise ConfigError("photos", photos, "be a LeafDataset: int8 measures ranges on real photos")


def _check_target(form: FileFormat, target: Path, overwrite: bool) -> None:
    """Refuse to replace anything without ``overwrite``, and always to replace other files."""
    _clear_abandoned(form, target)
    for part in form.parts(target):
        if part.exists():
            ours = form.looks_like(target) and form.read_metadata(target) is not None
            if not (ours and overwrite):
                raise ExportTargetError(part, replaceable=ours)


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """Create a temporary folder next to ``target``, on the same drive."""
    # Hidden, so that its content is not taken for an export.
    folder = target.parent / f".{owner_mark()}{PART_SUFFIX}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _clear_abandoned(form: FileFormat, target: Path) -> None:
    """Remove what a killed export left next to ``target``, and an incomplete export there."""
    *others, telling = form.parts(target)
    for folder in target.parent.glob(f".*{PART_SUFFIX}"):
        if not folder.is_dir() or not is_abandoned(folder):
            continue
        made = [folder / part.name for part in others]
        if (folder / telling.name).exists() and not telling.exists():
            for part, unmoved in zip(others, made, strict=True):
                if not unmoved.exists():
                    remove(part)
        shutil.rmtree(folder, ignore_errors=True)


def _move(form: FileFormat, made: Path, target: Path) -> None:
    """Move all parts to their place, and an older export to the temporary folder."""
    *others, telling = form.parts(target)
    if others:
        # First, so that parts of the new export are never combined with parts of the old one.
        telling.unlink(missing_ok=True)
    for new, place in zip(form.parts(made), form.parts(target), strict=True):
        if place.is_dir():
            place.rename(new.with_name("replaced"))
        new.replace(place)


def _bytes(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size
