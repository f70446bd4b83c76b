"""The ONNX format, for ONNX Runtime and other programs."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from transferleaf.errors import MissingExtraError
from transferleaf.export.file_format import (
    Answers,
    FileFormat,
    Photos,
    Run,
    output_name,
    signature,
    starts_with,
)
from transferleaf.export.metadata import KEY
from transferleaf.export.onnx_memory import weights_shared

_BATCH = "batch_of_photos"

# The first field of the message is the version of the format.
_FIRST_FIELD = b"\x08"


def _looks_like(path: Path) -> bool:
    return starts_with(path, _FIRST_FIELD)


def _write(graph: Any, path: Path, metadata: str) -> None:
    import onnx

    with warnings.catch_warnings(), weights_shared():
        # Keras checks for np.object, and NumPy warns about that.
        warnings.filterwarnings("ignore", message=".*np.object", category=FutureWarning)
        graph.export(path, format="onnx", verbose=False, input_signature=signature(graph))
    model = onnx.load(path)
    _spell_out_erfc(model)
    _restore_batches(model)
    _check_operations(model)
    _name_outputs(model)
    _name_sizes(model)
    onnx.helper.set_model_props(model, {KEY: metadata})
    onnx.save(model, path)


def _spell_out_erfc(model: Any) -> None:
    """Replace ``erfc(x)`` by ``1 - erf(x)``, because ONNX has no ``erfc`` and tf2onnx keeps it.

    Keras uses it for GELU, which most transformers contain.
    """
    import onnx

    one = onnx.numpy_helper.from_array(np.array(1.0, np.float32), name="one_of_erfc")
    nodes = []
    for node in model.graph.node:
        if node.op_type != "Erfc":
            nodes.append(node)
            continue
        erf = f"{node.output[0]}_erf"
        nodes.append(onnx.helper.make_node("Erf", list(node.input), [erf]))
        nodes.append(onnx.helper.make_node("Sub", [one.name, erf], list(node.output)))
    if len(nodes) > len(model.graph.node):
        model.graph.initializer.append(one)
        del model.graph.node[:]
        model.graph.node.extend(nodes)


def _restore_batches(model: Any) -> None:
    """Set the batch size of reshapes from a matrix, for which tf2onnx copies its first size.

    In attention with one head, tf2onnx merges a reshape and a transposition into one reshape to the
    shape ``(0, 1, -1, width)``. The 0 means the first size of what is reshaped, which is a matrix
    with a row for each token of each photo.
    """
    import onnx

    shapes = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    known = onnx.shape_inference.infer_shapes(model).graph.value_info
    matrices = {value.name for value in known if len(_shape(value)) == 2}
    nodes = []
    for node in model.graph.node:
        wanted = shapes.get(node.input[1]) if node.op_type == "Reshape" else None
        if wanted is not None and len(wanted) > 2 and wanted[0] == 0 and node.input[0] in matrices:
            rest = onnx.numpy_helper.from_array(wanted[1:], name=f"{node.output[0]}_rest")
            model.graph.initializer.append(rest)
            shape = f"{node.output[0]}_shape"
            nodes.append(onnx.helper.make_node("Concat", [_BATCH, rest.name], [shape], axis=0))
            node.input[1] = shape
        nodes.append(node)
    if len(nodes) == len(model.graph.node):
        return
    first = onnx.numpy_helper.from_array(np.array([0], np.int64), name=f"{_BATCH}_place")
    model.graph.initializer.append(first)
    sizes = onnx.helper.make_node("Shape", [model.graph.input[0].name], [f"{_BATCH}_sizes"])
    batch = onnx.helper.make_node("Gather", [f"{_BATCH}_sizes", first.name], [_BATCH])
    del model.graph.node[:]
    model.graph.node.extend([sizes, batch, *nodes])


def _check_operations(model: Any) -> None:
    """Refuse a file with unknown operations, because tf2onnx only logs conversion failures."""
    import onnx

    extra = [value.name for value in model.graph.input if value.name != "photos"]
    if extra:
        told = f"tf2onnx takes {len(extra)} constants of the network for inputs"
        raise ValueError(f"{told}, the first of them {extra[0]!r}")

    # Other domains, such as "ai.onnx.ml", are not part of ONNX itself.
    own = {node.op_type for node in model.graph.node if node.domain == ""}
    unknown = sorted(name for name in own if not onnx.defs.has(name))
    if unknown:
        raise ValueError(f"ONNX has no operations {unknown}, which the network needs")


def _needs() -> None:
    for package in ("onnx", "tf2onnx"):
        _need(package, "exporting to ONNX")
    _need("onnxruntime", "checking an ONNX file")


def _name_outputs(model: Any) -> None:
    """Set the names of the outputs, which tf2onnx takes from TensorFlow operations."""
    names = {output.name: output_name(_shape(output)) for output in model.graph.output}
    for node in model.graph.node:
        node.output[:] = [names.get(name, name) for name in node.output]
        node.input[:] = [names.get(name, name) for name in node.input]
    for output in model.graph.output:
        output.name = names[output.name]


def _shape(value: Any) -> Any:
    return value.type.tensor_type.shape.dim


def _name_sizes(model: Any) -> None:
    """Name the variable sizes, for tools that set them by name."""
    for value in (*model.graph.input, *model.graph.output):
        names = ("batch", "height", "width", "channels") if value.name == "photos" else ("batch",)
        for size, name in zip(_shape(value), names, strict=False):
            if not size.HasField("dim_value"):
                size.dim_param = name


def _read_metadata(path: Path) -> str | None:
    try:
        found = _session(path).get_modelmeta().custom_metadata_map
    except MissingExtraError:
        raise
    except Exception:  # an invalid file can raise any exception
        return None
    text: str | None = found.get(KEY)
    return text


def _open(path: Path) -> Run:
    session = _session(path)
    names = [output.name for output in session.get_outputs()]

    def run(photos: Photos) -> Answers:
        return dict(zip(names, session.run(names, {"photos": photos}), strict=True))

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
    needs=_needs,
)
