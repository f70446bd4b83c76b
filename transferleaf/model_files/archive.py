"""The zip archive of a ``.keras`` file: complete, with known parts and a plausible size."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transferleaf.errors import ModelFileError

_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

# Keras does not compress. Repacking a file makes it slightly smaller, a zip bomb a thousand times.
_MOST_GROWTH = 10
_SMALL_BYTES = 1_000_000

_HDF5 = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelArchive:
    """The content of a ``.keras`` file, as bytes and JSON.

    Attributes:
        config: The structure of the model.
        metadata: The versions that wrote the file.
        weights: The HDF5 file with the weights.
    """

    config: dict[str, Any]
    metadata: dict[str, Any]
    weights: bytes


def read_archive(path: Path) -> ModelArchive:
    """Read all parts of a ``.keras`` file, and compare their checksums.

    Raises:
        ModelFileError: The file is missing, damaged, has another format, or contains other parts.
    """
    _check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(path, archive.infolist())
            config, metadata, weights = (
                _part(path, archive, name) for name in (_CONFIG, _METADATA, _WEIGHTS)
            )
    except ModelFileError:  # a subclass of ValueError
        raise
    # A damaged table of contents raises NotImplementedError for an invalid version, and ValueError
    # for an invalid name or offset.
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise ModelFileError(path, _why_no_archive(path)) from None
    except OSError as error:
        raise ModelFileError(path, f"reading it failed ({error}).") from error
    return ModelArchive(
        config=_json(path, _CONFIG, config),
        metadata=_json(path, _METADATA, metadata),
        weights=weights,
    )


def _check_file(path: Path) -> None:
    # Path.exists raises for names that are too long and in folders without permission.
    if not os.path.exists(path):  # noqa: PTH110
        raise ModelFileError(path, "there is no such file, or its folder may not be entered.")
    if not path.is_file():
        raise ModelFileError(path, "it is not a file.")
    try:
        with path.open("rb") as file:
            head = file.read(len(_HDF5))
    except PermissionError:
        raise ModelFileError(path, "you do not have permission to read it.") from None
    if not head:
        raise ModelFileError(path, "the file is empty.")
    if head == _HDF5:
        found = "it is an HDF5 file: weights alone, or a model of an older Keras"
        raise ModelFileError(path, f"{found}; a classifier is saved as a .keras file.")
    if path.suffix != ".keras":  # Keras uses the extension
        raise ModelFileError(path, "its name does not end in .keras; rename it if it is one.")


def _why_no_archive(path: Path) -> str:
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    if zipped:
        return "it is truncated or damaged: its table of contents cannot be read. Copy it again."
    return "it is not a .keras file."


def _check_parts(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if _CONFIG not in names:
        shown = f"{names[:3]}{' and more' if len(names) > 3 else ''}"
        raise ModelFileError(path, f"it is an archive of another library; it contains {shown}.")
    # So no part can be written outside of the folder, and no part occurs twice.
    if sorted(names) != sorted((_CONFIG, _METADATA, _WEIGHTS)):
        held = f"it contains {sorted(names)[:9]}"
        wanted = f"a classifier's file contains {_CONFIG}, {_METADATA} and {_WEIGHTS}"
        raise ModelFileError(path, f"{held}, but {wanted}.")
    for part in parts:
        if part.file_size > _MOST_GROWTH * part.compress_size + _SMALL_BYTES:
            growth = part.file_size // max(1, part.compress_size)
            told = f"its part {part.filename!r} would grow {growth:,} times when it is unpacked"
            raise ModelFileError(path, f"{told}, which is not plausible for a classifier.")


def _part(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    # An encrypted part raises RuntimeError, an unknown compression NotImplementedError, its
    # subclass.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        told = f"its part {name!r} is damaged ({error}). Copy the file again."
        raise ModelFileError(path, told) from error


def _json(path: Path, name: str, text: bytes) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:  # not JSON, not Unicode, or nested too deep
        raise ModelFileError(path, f"its part {name!r} is not JSON ({error}).") from error
    if not isinstance(values, dict):
        raise ModelFileError(path, f"its part {name!r} is not a JSON object.")
    return values
