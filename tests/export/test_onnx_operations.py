"""Operations that tf2onnx cannot convert are replaced, or refused before a file is kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from transferleaf.export.onnx_file import (
    _check_operations,
    _restore_batches,
    _spell_out_erfc,
)

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


def test_a_reshape_from_the_rows_of_all_photos_gets_the_batch_size():
    """As tf2onnx writes attention with one head."""
    onnxruntime = pytest.importorskip("onnxruntime")
    kind, width = onnx.TensorProto.FLOAT, 2
    shapes = {"to_rows": [-1, width], "to_heads": [0, 1, -1, width]}
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("Reshape", ["photos", "to_rows"], ["rows"]),
            onnx.helper.make_node("Reshape", ["rows", "to_heads"], ["answers"]),
        ],
        "one head",
        [onnx.helper.make_tensor_value_info("photos", kind, ["batch", 3, width])],
        [onnx.helper.make_tensor_value_info("answers", kind, ["batch", 1, 3, width])],
        initializer=[
            onnx.numpy_helper.from_array(np.array(shape, np.int64), name=name)
            for name, shape in shapes.items()
        ],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8

    _restore_batches(model)

    onnx.checker.check_model(model)
    photos = np.arange(24, dtype=np.float32).reshape(4, 3, width)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    [answers] = session.run(None, {"photos": photos})
    np.testing.assert_array_equal(answers, photos[:, None])


def test_other_reshapes_stay():
    model = _model("Relu")
    before = model.SerializeToString()

    _restore_batches(model)

    assert model.SerializeToString() == before
