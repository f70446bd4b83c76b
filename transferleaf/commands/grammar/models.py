"""The argument ``MODEL``: a run folder, a ``.keras`` file, or an exported file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from transferleaf.errors import ModelFileError, RunFolderError
from transferleaf.process.quiet_start import (
    collector_paused,
    start_tensorflow_quietly,
    told_meanwhile,
)

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier
    from transferleaf.export.running import ExportedClassifier

ModelPath = Annotated[
    Path, typer.Argument(metavar="MODEL", help="Run folder, .keras file or exported file.")
]
TrainedModelPath = Annotated[
    Path, typer.Argument(metavar="MODEL", help="Run folder or .keras file.")
]

BatchSize = Annotated[
    int, typer.Option("--batch-size", min=1, metavar="N", help="Photos per batch.")
]


_LOADING = "Loading the classifier ..."

Trust = Annotated[
    bool,
    typer.Option("--trust", help="Run a SavedModel from elsewhere: it can read and write files."),
]


def open_model(path: Path, *, trust: bool = False) -> TransferClassifier | ExportedClassifier:
    """Open a classifier or an exported file.

    Args:
        path: The argument.
        trust: See ``open_exported``.

    Raises:
        ModelFileError: The file cannot be loaded, or is not safe to run.
        RunFolderError: The run has no model yet.
        MissingExtraError: The package that runs an exported file is not installed.
    """
    file = _existing(path)
    from transferleaf.export.running import needs_tensorflow, open_exported
    from transferleaf.model_files import load_classifier

    exported = _is_exported(file)
    if not exported or needs_tensorflow(file):
        start_tensorflow_quietly()
    with told_meanwhile(_LOADING), collector_paused():
        return open_exported(file, trust=trust) if exported else load_classifier(file)


def open_classifier(path: Path) -> TransferClassifier:
    """Open a classifier with its layers, which exported files do not have.

    Raises:
        ModelFileError: The file cannot be loaded, or is an exported file.
        RunFolderError: The run has no model yet.
    """
    file = _existing(path)
    if _is_exported(file):
        reason = "it is an exported file without layers; name the .keras file or its run."
        raise ModelFileError(path, reason)
    start_tensorflow_quietly()
    with told_meanwhile(_LOADING), collector_paused():
        from transferleaf.model_files import load_classifier

        return load_classifier(file)


def _existing(path: Path) -> Path:
    file = model_file(path)
    if not file.exists():  # checked first, because TensorFlow takes seconds to start
        raise ModelFileError(path, "there is no such file.")
    return file


def _is_exported(file: Path) -> bool:
    with told_meanwhile(_LOADING):
        from transferleaf.export.running import is_exported

        return is_exported(file)


def known_classes(path: Path) -> tuple[str, ...] | None:
    """Return the class names of a classifier, without importing TensorFlow.

    Returns:
        The classes; ``None`` if they are only known after opening the file, or the file is invalid.
    """
    try:
        with zipfile.ZipFile(model_file(path)) as archive:
            classes = json.loads(archive.read("config.json"))["config"]["classes"]
    except (OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile, NotImplementedError):
        return None
    return tuple(classes) if all(isinstance(name, str) for name in classes) else None


def model_file(path: Path) -> Path:
    """Return the file to open for ``MODEL``: that of a run, or ``path`` itself.

    Raises:
        RunFolderError: The run has no model yet.
    """
    from transferleaf.runs.folder import RunFolder, is_run

    if not is_run(path):
        return path
    run = RunFolder(path)
    if not run.model.is_file():
        expected = f"continue it first: transferleaf train --resume {path}"
        raise RunFolderError(path, "is a run that has no model yet", expected)
    return run.model
