"""Opening files that are not exports."""

from __future__ import annotations

import numpy as np
import pytest

from tests.export.conftest import need
from transferleaf.errors import ConfigError, ModelFileError
from transferleaf.export import open_exported


def message(path, reason):
    """Return the error message for ``path``."""
    return f"{str(path)!r} cannot be loaded as a classifier: {reason}"


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(ModelFileError) as caught:
        open_exported(tmp_path / "m.onnx")

    assert str(caught.value) == message(tmp_path / "m.onnx", "there is no such file.")


def test_another_kind_of_file_is_reported(tmp_path):
    (tmp_path / "m.onnx").write_text("some text")

    with pytest.raises(ModelFileError) as caught:
        open_exported(tmp_path / "m.onnx")

    told = "it is neither a SavedModel nor a LiteRT, ONNX or OpenVINO file."
    assert str(caught.value) == message(tmp_path / "m.onnx", told)


def test_a_model_of_another_program_is_reported(tmp_path):
    need("onnx")
    import onnx

    graph = onnx.helper.make_graph([], "none", [], [])
    onnx.save(onnx.helper.make_model(graph), tmp_path / "m.onnx")

    with pytest.raises(ModelFileError) as caught:
        open_exported(tmp_path / "m.onnx")

    told = "it is a model in the format 'onnx' that transferleaf did not export."
    assert str(caught.value) == message(tmp_path / "m.onnx", told)


def test_damaged_metadata_is_reported(exported, tmp_path):
    import shutil

    shutil.copytree(exported("saved_model")[0], tmp_path / "m")
    (tmp_path / "m" / "assets.extra" / "transferleaf.json").write_text("{}")

    with pytest.raises(ModelFileError) as caught:
        open_exported(tmp_path / "m")

    told = "its metadata is damaged ('transferleaf_version')."
    assert str(caught.value) == message(tmp_path / "m", told)


@pytest.mark.parametrize(
    "photos",
    [np.zeros((2, 8, 8, 3), "float32"), np.zeros((8, 8, 3), "uint8"), np.zeros((2, 8, 8, 1), "u1")],
    ids=["floats", "one photo", "grey"],
)
def test_other_arrays_are_refused(exported, photos):
    opened = open_exported(exported("openvino")[0])

    with pytest.raises(ConfigError) as caught:
        opened.predict(photos)

    assert str(caught.value) == (
        f"photos ({photos.dtype} of shape {photos.shape}) must have shape (n, height, width, 3) "
        "and dtype uint8."
    )


def test_no_photos_have_no_predictions(exported):
    opened = open_exported(exported("openvino")[0])

    assert opened.predict(np.zeros((0, 8, 8, 3), "uint8")).shape == (0, 3)
    assert opened.predict_photos([]) == []
