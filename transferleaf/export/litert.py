"""LiteRT, once TensorFlow Lite: one file for phones and small boards, in float or int8."""

from __future__ import annotations

import importlib.util
import os
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transferleaf.errors import MissingExtraError
from transferleaf.export.file_format import (
    FileFormat,
    Photos,
    Probabilities,
    Run,
    signature,
    starts_with,
)
from transferleaf.export.metadata import FILE_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Int8Scheme:
    """A way to keep weights in 8 bits, one scale a channel.

    Attributes:
        name: What the export's metadata says of it.
        operations: Names of the sets of LiteRT operations that it may use.
        calibrated: Whether ranges of activations are measured on photos.
    """

    name: str
    operations: tuple[str, ...]
    calibrated: bool


# From the smallest and fastest to the most faithful. Floats stay where no integer kernel exists.
INT8_SCHEMES = (
    Int8Scheme(
        name="int8 weights, int8 activations",
        operations=("TFLITE_BUILTINS_INT8", "TFLITE_BUILTINS"),
        calibrated=True,
    ),
    Int8Scheme(
        name="int8 weights, int16 activations",
        operations=(
            "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8",
            "TFLITE_BUILTINS",
        ),
        calibrated=True,
    ),
    Int8Scheme(
        name="int8 weights, float activations", operations=("TFLITE_BUILTINS",), calibrated=False
    ),
)


def write_int8(scheme: Int8Scheme, photos: Photos) -> Callable[[Any, Path, str], None]:
    """Make what writes a graph of a fixed photo size with 8-bit weights.

    Args:
        scheme: What else becomes an integer.
        photos: Measure the ranges of activations, shape ``(n, height, width, 3)``.
    """

    def one_by_one() -> Iterator[list[Photos]]:
        for photo in photos:
            yield [photo[None]]

    def write(graph: Any, path: Path, metadata: str) -> None:
        import tensorflow as tf

        measured = {"representative_dataset": one_by_one} if scheme.calibrated else {}
        smaller = {"optimizations": [tf.lite.Optimize.DEFAULT], **measured}
        _convert(graph, path, scheme.operations, smaller)
        _append(path, metadata)

    return write


def _looks_like(path: Path) -> bool:
    return starts_with(path, b"TFL3", at=4)


def _write(graph: Any, path: Path, metadata: str) -> None:
    # Not TensorFlow's own operations, which Keras would allow: a phone's library lacks them.
    _convert(graph, path, ("TFLITE_BUILTINS",), {})
    _append(path, metadata)


def _convert(graph: Any, path: Path, operations: tuple[str, ...], options: dict[str, Any]) -> None:
    import tensorflow as tf

    supported = [getattr(tf.lite.OpsSet, name) for name in operations]
    graph.export(
        path,
        format="litert",
        verbose=False,
        input_signature=signature(graph),
        target_spec={"supported_ops": supported},
        **options,
    )


def _append(path: Path, metadata: str) -> None:
    """Put the text behind the model as a zip archive, where LiteRT's tools look for such files."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(FILE_NAME, metadata)


def _read_metadata(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(FILE_NAME).decode("utf-8")
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return None


def _open(path: Path) -> Run:
    interpreter = _interpreter_class()(model_path=str(path), num_threads=os.cpu_count())
    place = interpreter.get_input_details()[0]["index"]
    result = interpreter.get_output_details()[0]["index"]

    def run(photos: Photos) -> Probabilities:
        interpreter.resize_tensor_input(place, photos.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(place, photos)
        interpreter.invoke()
        found: Probabilities = interpreter.get_tensor(result)
        return found

    return run


def _interpreter_class() -> Callable[..., Any]:
    if importlib.util.find_spec("ai_edge_litert") is not None:
        from ai_edge_litert.interpreter import Interpreter

        return Interpreter
    import tensorflow as tf

    # Later releases of TensorFlow may no longer have it; those that do warn of that.
    own = getattr(tf.lite, "Interpreter", None)
    if own is None:
        raise MissingExtraError("ai-edge-litert", extra="litert", why="running a LiteRT file")

    def quietly(**options: Any) -> Any:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\s*Warning: tf.lite.Interpreter")
            return own(**options)

    return quietly


LITERT = FileFormat(
    name="litert",
    suffix=".tflite",
    any_size=False,
    looks_like=_looks_like,
    write=_write,
    read_metadata=_read_metadata,
    open=_open,
)
