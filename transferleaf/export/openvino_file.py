"""The OpenVINO format: an .xml with the structure and a .bin with the weights, for CPUs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from transferleaf.export.file_format import (
    Answers,
    FileFormat,
    Photos,
    Run,
    output_name,
)
from transferleaf.export.metadata import KEY
from transferleaf.process.openvino_loading import load_openvino

_HEAD_BYTES = 4096


def _looks_like(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return head.lstrip().startswith(b"<?xml") and b"<net " in head


def _write(graph: Any, path: Path, metadata: str) -> None:
    openvino = load_openvino()
    from transferleaf.features.engines.openvino_engine import convert_graph
    from transferleaf.features.engines.tracing import trace_with_constants

    # Keras' own export would import the OpenVINO backend and SciPy.
    traced = trace_with_constants(graph, graph.input.shape, dtype="uint8")
    model = convert_graph(traced.graph)
    for output in model.outputs:
        output.tensor.set_names({output_name(output.partial_shape)})
    model.set_rt_info(metadata, [KEY])
    openvino.serialize(model, path)


def _read_metadata(path: Path) -> str | None:
    openvino = load_openvino()

    try:
        found = openvino.Core().read_model(path).get_rt_info(KEY)
    except RuntimeError:  # not an OpenVINO model, or without this entry
        return None
    return str(found.value if hasattr(found, "value") else found)


def _open(path: Path) -> Run:
    openvino = load_openvino()

    # Some processors would use bfloat16, which is faster but only accurate to two digits.
    compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def run(photos: Photos) -> Answers:
        found = compiled(photos)
        return {output.get_any_name(): np.array(array) for output, array in found.items()}

    return run


OPENVINO = FileFormat(
    name="openvino",
    suffix=".xml",
    any_size=True,
    looks_like=_looks_like,
    write=_write,
    read_metadata=_read_metadata,
    open=_open,
)
