"""The LiteRT format (formerly TensorFlow Lite), for phones and small boards, in float or int8."""

from __future__ import annotations

import importlib.util
import os
import re
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import MissingExtraError
from transferleaf.export.file_format import (
    Answers,
    FileFormat,
    Photos,
    Run,
    signature,
    starts_with,
)
from transferleaf.export.metadata import FILE_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Int8Scheme:
    """A way to store weights in 8 bits, with one scale per channel.

    Attributes:
        name: Its name in the metadata.
        calibrated: Whether activations are quantised too, with ranges measured on photos.
    """

    name: str
    calibrated: bool


# From the fastest to the most accurate. The head stays in float if possible, because features of
# different stages differ by orders of magnitude and would share one scale.
INT8_SCHEMES = (
    Int8Scheme(name="int8 weights and activations, float head", calibrated=True),
    Int8Scheme(name="int8 weights, activations rounded as they come", calibrated=False),
)


def write_int8(
    scheme: Int8Scheme, photos: Photos, *, early: Collection[str]
) -> Callable[[Any, Path, str], None]:
    """Return a function that writes a graph of fixed photo size with 8-bit weights.

    Quantised weights shift the mean of each feature, some by as much as it varies between photos,
    and this causes wrong labels. So the means are measured on photos, and the head corrects the
    shift. Early stages shift most and have few weights, so they stay in float.

    Args:
        scheme: The quantisation scheme.
        photos: Photos for the ranges of activations and means of features, ``(n, height, width,
            3)``.
        early: Names of the layers that stay in float if the scheme is calibrated.

    Source:
        Nagel, van Baalen, Blankevoort and Welling (2019), "Data-free quantization through weight
        equalization and bias correction"; here applied once, before the head, with measured means.
    """

    def write(graph: Any, path: Path, metadata: str) -> None:
        # Imported here, because it needs Keras.
        from transferleaf.export.graph import corrected_graph, features_graph

        features = features_graph(graph)
        path.write_bytes(_convert(features, scheme, photos, early))
        shift = _means(features.predict(photos, verbose=0)) - _means(_answers(path, photos))
        path.write_bytes(_convert(corrected_graph(graph, shift), scheme, photos, early))
        _append(path, metadata)

    return write


def _means(features: NDArray[np.float32]) -> NDArray[np.float32]:
    return features.mean(axis=0, dtype=np.float64).astype(np.float32)


def _answers(path: Path, photos: Photos) -> NDArray[np.float32]:
    """Return the only output of a file, computed photo by photo because of the ranges."""
    run = _open(path)
    return np.concatenate([next(iter(run(photo[None]).values())) for photo in photos])


def _looks_like(path: Path) -> bool:
    return starts_with(path, b"TFL3", at=4)


def _write(graph: Any, path: Path, metadata: str) -> None:
    path.write_bytes(_convert(graph))
    _append(path, metadata)


def _convert(
    graph: Any,
    scheme: Int8Scheme | None = None,
    photos: Iterable[Photos] = (),
    early: Collection[str] = (),
) -> bytes:
    """Convert a graph, in float32 without a scheme."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder, _no_warning():
        graph.export(
            folder, format="tf_saved_model", verbose=False, input_signature=signature(graph)
        )
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if scheme is not None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if scheme is not None and scheme.calibrated:
            converter.representative_dataset = lambda: ([photo[None]] for photo in photos)
            return _with_integers(converter, early)
        # Without TensorFlow's own operations, which the libraries on phones do not contain.
        converted: bytes = converter.convert()
        return converted


def _with_integers(converter: Any, early: Collection[str]) -> bytes:
    """Convert with integer activations, except for the layers in ``early`` and the head."""
    import tensorflow as tf

    from transferleaf.export.graph import BODY, HEAD

    # The only public way to exclude operations from quantisation.
    lite = tf.lite.experimental
    debugger = lite.QuantizationDebugger(
        converter=converter, debug_dataset=converter.representative_dataset
    )
    tensors = tf.lite.Interpreter(model_content=debugger.calibrated_model).get_tensor_details()
    # Pooled stages stay in float too, because one scale would apply to all of them.
    names_in_body = "|".join(["pool_.*", "second_order_.*", "features", *map(re.escape, early)])
    # Converters append numbers to repeated names.
    floats = re.compile(
        rf"/{HEAD}|/{BODY}[^/]*/(.*/)?({names_in_body})(_\d+)?/|^StatefulPartitionedCall"
    )
    names = [tensor["name"] for tensor in tensors if floats.search(tensor["name"])]
    debugger.options = lite.QuantizationDebugOptions(denylisted_nodes=names)
    quantized: bytes = debugger.get_nondebug_quantized_model()
    return quantized


def _append(path: Path, metadata: str) -> None:
    """Append the text to the model as a zip archive, where LiteRT's tools expect files."""
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
    # Converters reorder and rename outputs. The signature maps the names.
    outputs = interpreter.get_signature_runner().get_output_details()

    def run(photos: Photos) -> Answers:
        interpreter.resize_tensor_input(place, photos.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(place, photos)
        interpreter.invoke()
        return {name: interpreter.get_tensor(each["index"]) for name, each in outputs.items()}

    return run


def _needs() -> None:
    _interpreter_class()


def _has_no_runtime() -> bool:
    return importlib.util.find_spec("ai_edge_litert") is None


def _interpreter_class() -> Callable[..., Any]:
    if not _has_no_runtime():
        from ai_edge_litert.interpreter import Interpreter

        return Interpreter
    import tensorflow as tf

    # Future releases of TensorFlow may not contain it, and recent ones warn about this.
    own = getattr(tf.lite, "Interpreter", None)
    if own is None:
        raise MissingExtraError("ai-edge-litert", extra="litert", why="running a LiteRT file")

    def quietly(**options: Any) -> Any:
        with _no_warning():
            return own(**options)

    return quietly


@contextmanager
def _no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\s*Warning: tf.lite.Interpreter")
        yield


LITERT = FileFormat(
    name="litert",
    suffix=".tflite",
    any_size=False,
    looks_like=_looks_like,
    write=_write,
    read_metadata=_read_metadata,
    open=_open,
    needs=_needs,
    tensorflow=_has_no_runtime,
)
