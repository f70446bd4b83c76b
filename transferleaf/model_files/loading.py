"""Loading of a saved classifier, after its file is checked."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from transferleaf.errors import ConfigError, ModelFileError
from transferleaf.files.versions import check_version
from transferleaf.model_files.archive import ModelArchive, read_archive
from transferleaf.model_files.weights import check_weights

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier


def load_classifier(path: str | PathLike[str]) -> TransferClassifier:
    """Load a classifier that was saved as a ``.keras`` file.

    The file may come from an untrusted source. It is checked first, and refused if it is damaged,
    belongs to another library or a later version, or contains code. ``keras.saving.load_model``
    loads the same files with Keras' own checks and messages.

    Args:
        path: The file.

    Returns:
        The classifier, with its weights and its state of training.

    Raises:
        ModelFileError: The file cannot be loaded. The message says why.
    """
    # Imported here, because TensorFlow takes seconds to import and many invalid files are refused
    # first.
    file = Path(path)
    archive = read_archive(file)
    _check_version(file, archive)
    check_weights(file, archive.weights)

    from transferleaf.classifier import TransferClassifier
    from transferleaf.model_files.named_classes import check_classes

    check_classes(file, archive.config)
    classifier = _loaded(file, archive)
    if not isinstance(classifier, TransferClassifier):
        raise ModelFileError(file, f"it contains a {type(classifier).__name__}, not a classifier.")
    return classifier


def _loaded(file: Path, archive: ModelArchive) -> object:
    import keras

    try:
        return keras.saving.load_model(file, safe_mode=True)
    except Exception as error:  # an inconsistent file can raise any exception
        saved = archive.metadata.get("keras_version")
        text = str(error).strip().partition("\n")[0][:300] or type(error).__name__
        told = f"Keras {keras.__version__} cannot load it ({text}); Keras {saved} saved it."
        raise ModelFileError(file, told) from error


def _check_version(file: Path, archive: ModelArchive) -> None:
    inner = archive.config.get("config")
    version = inner.get("transferleaf_version") if isinstance(inner, dict) else None
    if version is None:  # from another library; check_classes has a better message
        return
    try:
        check_version(version)
    except ConfigError as error:
        raise ModelFileError(file, str(error)) from None
