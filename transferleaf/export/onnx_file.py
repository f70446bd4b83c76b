"""ONNX: a file for ONNX Runtime, and whatever else reads this exchange format."""

from __future__ import annotations

import importlib.util
import warnings
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
from transferleaf.export.metadata import KEY

_OUTPUT = "probabilities"
# The first field of the message is the version of the format, a number.
_FIRST_FIELD = b"\x08"


def _looks_like(path: Path) -> bool:
    return starts_with(path, _FIRST_FIELD)


def _write(graph: Any, path: Path, metadata: str) -> None:
    _need("onnx", "exporting to ONNX")
    _need("tf2onnx", "exporting to ONNX")
    _need("onnxruntime", "checking an ONNX file")
    import onnx

    with warnings.catch_warnings():
        # Keras looks whether NumPy still has np.object, which NumPy warns of.
        warnings.filterwarnings("ignore", message=".*np.object", category=FutureWarning)
        graph.export(path, format="onnx", verbose=False, input_signature=signature(graph))
    model = onnx.load(path)
    _name_output(model)
    _name_sizes(model)
    onnx.helper.set_model_props(model, {KEY: metadata})
    onnx.save(model, path)


def _name_output(model: Any) -> None:
    """Call the output what it is: tf2onnx takes the name of a TensorFlow operation."""
    output = model.graph.output[0]
    for node in model.graph.node:
        node.output[:] = [_OUTPUT if name == output.name else name for name in node.output]
        node.input[:] = [_OUTPUT if name == output.name else name for name in node.input]
    output.name = _OUTPUT


def _name_sizes(model: Any) -> None:
    """Name the sizes that are open, for people and for tools that fix them by name."""
    for value in (model.graph.input[0], model.graph.output[0]):
        names = ("batch", "height", "width", "channels") if value.name == "photos" else ("batch",)
        for size, name in zip(value.type.tensor_type.shape.dim, names, strict=False):
            if not size.HasField("dim_value"):
                size.dim_param = name


def _read_metadata(path: Path) -> str | None:
    try:
        found = _session(path).get_modelmeta().custom_metadata_map
    except MissingExtraError:
        raise
    except Exception:  # bytes that only began like an ONNX file fail in any way
        return None
    text: str | None = found.get(KEY)
    return text


def _open(path: Path) -> Run:
    session = _session(path)

    def run(photos: Photos) -> Probabilities:
        found: Probabilities = session.run([_OUTPUT], {"photos": photos})[0]
        return found

    return run


def _session(path: Path) -> Any:
    _need("onnxruntime", "running an ONNX file")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors
    return onnxruntime.InferenceSession(
        str(path), sess_options=options, providers=["CPUExecutionProvider"]
    )


def _need(package: str, why: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise MissingExtraError(package, extra="onnx", why=why)


ONNX = FileFormat(
    name="onnx",
    suffix=".onnx",
    any_size=True,
    looks_like=_looks_like,
    write=_write,
    read_metadata=_read_metadata,
    open=_open,
)
