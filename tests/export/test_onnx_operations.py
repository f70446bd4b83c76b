"""Operations that tf2onnx cannot convert are replaced, or refused before a file is kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from transferleaf.export.onnx_file import _check_operations, _spell_out_erfc

onnx = pytest.importorskip("onnx", reason='pip install "transferleaf[onnx]" installs onnx')


def _model(operation: str, *, inputs: tuple[str, ...] = ("photos",)) -> Any:
    kind = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(operation, ["photos"], ["answers"])],
        "small",
        [onnx.helper.make_tensor_value_info(name, kind, [3]) for name in inputs],
        [onnx.helper.make_tensor_value_info("answers", kind, [3])],
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])


def test_erfc_is_one_minus_erf():
    onnxruntime = pytest.importorskip("onnxruntime")
    model = _model("Erfc")
    model.ir_version = 8

    _spell_out_erfc(model)

    _check_operations(model)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    values = np.array([-1.0, 0.0, 2.0], np.float32)
    [answers] = session.run(None, {"photos": values})
    np.testing.assert_allclose(answers, [math.erfc(value) for value in values], atol=1e-6)


def test_an_operation_that_onnx_lacks_is_named():
    with pytest.raises(ValueError, match=r"ONNX has no operations \['Roll'\]"):
        _check_operations(_model("Roll"))


def test_a_constant_that_became_an_input_is_refused():
    with pytest.raises(ValueError, match="takes 1 constants of the network for inputs"):
        _check_operations(_model("Relu", inputs=("photos", "window")))
