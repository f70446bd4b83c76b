"""The TensorFlow SavedModel format: a folder, for TensorFlow Serving and other languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from transferleaf.export.file_format import Answers, FileFormat, Photos, Run, signature
from transferleaf.export.metadata import FILE_NAME
from transferleaf.export.signing import is_signed, sign

# TensorFlow reserves this folder of a SavedModel for users.
_EXTRA = "assets.extra"
_SIGNATURE = "transferleaf.signature"


def _looks_like(path: Path) -> bool:
    return (path / "saved_model.pb").is_file()


def _write(graph: Any, path: Path, metadata: str) -> None:
    graph.export(path, format="tf_saved_model", verbose=False, input_signature=signature(graph))
    extra = path / _EXTRA
    extra.mkdir(exist_ok=True)
    (extra / FILE_NAME).write_text(metadata, encoding="utf-8")
    sign(path, extra / _SIGNATURE)


def _read_metadata(path: Path) -> str | None:
    file = path / _EXTRA / FILE_NAME
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _harmless(path: Path) -> bool:
    return is_signed(path, path / _EXTRA / _SIGNATURE)


def _open(path: Path) -> Run:
    import tensorflow as tf

    model = tf.saved_model.load(path)

    def run(photos: Photos) -> Answers:
        return {name: np.asarray(output) for name, output in model.serve(photos).items()}

    return run


SAVED_MODEL = FileFormat(
    name="saved_model",
    suffix="",
    any_size=True,
    looks_like=_looks_like,
    write=_write,
    read_metadata=_read_metadata,
    open=_open,
    tensorflow=lambda: True,
    harmless=_harmless,
)
