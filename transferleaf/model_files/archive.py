"""The zip archive that a ``.keras`` file is: whole, of known parts, no larger than it seems."""

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

# Keras does not compress. Whoever packed a file anew gains a little; a bomb gains a thousandfold.
_MOST_GROWTH = 10
_SMALL_BYTES = 1_000_000

_HDF5 = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelArchive:
    """What a ``.keras`` file holds, read but not understood.

    Attributes:
        config: The structure of the model.
        metadata: Who wrote the file.
        weights: An HDF5 file.
    """

    config: dict[str, Any]
    metadata: dict[str, Any]
    weights: bytes


def read_archive(path: Path) -> ModelArchive:
    """Read all parts of a ``.keras`` file; their checksums are compared on the way.

    Raises:
        ModelFileError: It is missing, damaged, no such file, or has parts that it should not have.
    """
    _check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(path, archive.infolist())
            config, metadata, weights = (
                _part(path, archive, name) for name in (_CONFIG, _METADATA, _WEIGHTS)
            )
    except ModelFileError:  # which is a ValueError
        raise
    # Of damaged tables of contents: an impossible version is a NotImplementedError, a name in no
    # alphabet or a place before the file a ValueError.
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
    # Not Path.exists, which raises where a name is too long or a folder may not be entered.
    if not os.path.exists(path):  # noqa: PTH110
        raise ModelFileError(path, "there is no such file, or its folder may not be entered.")
    if not path.is_file():
        raise ModelFileError(path, "it is no file.")
    try:
        with path.open("rb") as file:
            head = file.read(len(_HDF5))
    except PermissionError:
        raise ModelFileError(path, "you may not read it.") from None
    if not head:
        raise ModelFileError(path, "the file is empty.")
    if head == _HDF5:
        found = "it is an HDF5 file: weights alone, or a model of an older Keras"
        raise ModelFileError(path, f"{found}; a classifier is saved as a .keras file.")
    if path.suffix != ".keras":  # Keras goes by the name
        raise ModelFileError(path, "its name does not end in .keras; rename it if it is one.")


def _why_no_archive(path: Path) -> str:
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    if zipped:
        return "it is cut or damaged: its table of contents cannot be read. Copy it again."
    return "it is no .keras file."


def _check_parts(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if _CONFIG not in names:
        shown = f"{names[:3]}{' and more' if len(names) > 3 else ''}"
        raise ModelFileError(path, f"it is an archive of another library; it holds {shown}.")
    # This leaves no way out of the folder it is unpacked to, and nothing twice.
    if sorted(names) != sorted((_CONFIG, _METADATA, _WEIGHTS)):
        held = f"it holds {sorted(names)[:9]}"
        wanted = f"a classifier's file holds {_CONFIG}, {_METADATA} and {_WEIGHTS}"
        raise ModelFileError(path, f"{held}, but {wanted}.")
    for part in parts:
        if part.file_size > _MOST_GROWTH * part.compress_size + _SMALL_BYTES:
            growth = part.file_size // max(1, part.compress_size)
            told = f"its part {part.filename!r} would grow {growth:,} times when it is unpacked"
            raise ModelFileError(path, f"{told}, which no classifier does.")


def _part(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    # An encrypted part is a RuntimeError, an unknown compression a NotImplementedError of it.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        told = f"its part {name!r} is damaged ({error}). Copy the file again."
        raise ModelFileError(path, told) from error


def _json(path: Path, name: str, text: bytes) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:  # no JSON, no Unicode, or endlessly nested
        raise ModelFileError(path, f"its part {name!r} is no JSON ({error}).") from error
    if not isinstance(values, dict):
        raise ModelFileError(path, f"its part {name!r} is no JSON object.")
    return values
