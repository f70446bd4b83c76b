"""The formats by name, and recognition of the format of a file."""

from __future__ import annotations

from pathlib import Path

from transferleaf.errors import ConfigError
from transferleaf.export.file_format import FileFormat
from transferleaf.export.litert import LITERT
from transferleaf.export.onnx_file import ONNX
from transferleaf.export.openvino_file import OPENVINO
from transferleaf.export.saved_model import SAVED_MODEL

FORMATS = {form.name: form for form in (SAVED_MODEL, LITERT, ONNX, OPENVINO)}

# Keras uses this name for the default format of its own export.
_ALIASES = {"tf_saved_model": "saved_model"}


def format_named(name: str) -> FileFormat:
    """Return the format with the name ``name``.

    Raises:
        ConfigError: There is no such format.

    >>> format_named("onnx").suffix
    '.onnx'
    """
    canonical = _ALIASES.get(name, name)
    if canonical not in FORMATS:
        raise ConfigError("format", name, f"be one of {', '.join(map(repr, FORMATS))}")
    return FORMATS[canonical]


def format_to_write(name: str | None, path: Path) -> FileFormat:
    """Return the format of a file to write, by name or by its suffix.

    Args:
        name: Name of the format. ``None``: by the suffix.
        path: Path of the file.

    Raises:
        ConfigError: There is no such format, or the suffix is unknown or that of another format.

    >>> format_to_write(None, Path("leaf.onnx")).name, format_to_write(None, Path("leaf")).name
    ('onnx', 'saved_model')
    """
    own = {form.suffix: form for form in FORMATS.values()}
    told = own.get(path.suffix)
    suffixes = ", ".join(repr(suffix) for suffix in own if suffix)
    if name is None:
        if told is None:
            must = f"end in one of {suffixes}, or have no suffix for the folder of a SavedModel"
            raise ConfigError("filepath", str(path), must)
        return told
    form = format_named(name)
    if form.suffix and form is not told:
        raise ConfigError("filepath", str(path), f"end in {form.suffix!r} for {form.name!r}")
    if told is not None and form is not told:
        must = f"not end in {path.suffix!r} for {form.name!r}, a folder"
        raise ConfigError("filepath", str(path), must)
    return form


def format_of(path: Path) -> FileFormat | None:
    """Recognise a file or folder by its content. ``None`` if the format is unknown."""
    return next((form for form in FORMATS.values() if form.looks_like(path)), None)
