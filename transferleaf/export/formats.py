"""The formats by name, and which of them a file has."""

from __future__ import annotations

from pathlib import Path

from transferleaf.errors import ConfigError
from transferleaf.export.file_format import FileFormat
from transferleaf.export.litert import LITERT
from transferleaf.export.onnx_file import ONNX
from transferleaf.export.openvino_file import OPENVINO
from transferleaf.export.saved_model import SAVED_MODEL

FORMATS = {form.name: form for form in (SAVED_MODEL, LITERT, ONNX, OPENVINO)}

# Keras' name for what its own export writes unless told otherwise.
_ALIASES = {"tf_saved_model": "saved_model"}


def format_named(name: str) -> FileFormat:
    """Return the format that is called ``name``.

    Raises:
        ConfigError: There is none.

    >>> format_named("onnx").suffix
    '.onnx'
    """
    known = _ALIASES.get(name, name)
    if known not in FORMATS:
        raise ConfigError("format", name, f"be one of {', '.join(map(repr, FORMATS))}")
    return FORMATS[known]


def format_of(path: Path) -> FileFormat | None:
    """Recognise a file or folder by its content, whatever it is called; ``None``: no format."""
    return next((form for form in FORMATS.values() if form.looks_like(path)), None)
