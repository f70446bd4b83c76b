"""Invalid options, existing files, and exports whose predictions differ."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from tests.backbones.tiny import tiny_network
from tests.export.conftest import need, small_classifier
from transferleaf.errors import (
    ConfigError,
    ExportFailedError,
    ExportMismatchError,
    ExportTargetError,
    MissingExtraError,
    NotTrainedError,
)
from transferleaf.export import exporting, open_exported
from transferleaf.export.file_format import FileFormat
from transferleaf.export.formats import FORMATS


@pytest.fixture
def leaves(tmp_path, photos):
    """A data set of twelve photos."""
    for number, photo in enumerate(photo for batch in photos for photo in batch):
        folder = tmp_path / "leaves" / ("Bean___healthy", "Bean___rust")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(photo).save(folder / f"{number:02}.png")
    return tl.open_leaves(tmp_path / "leaves")


@pytest.fixture
def fake_format(monkeypatch):
    """Replaces OpenVINO by a format whose files return given predictions."""

    def put(answer, write=lambda graph, path, text: path.write_text(text)) -> FileFormat:
        fake = FileFormat(
            name="openvino",
            suffix=".txt",
            any_size=True,
            looks_like=lambda path: path.suffix == ".txt" and path.is_file(),
            write=write,
            read_metadata=lambda path: path.read_text() if path.stat().st_size else None,
            open=lambda path: answer,
        )
        monkeypatch.setitem(FORMATS, "openvino", fake)
        return fake

    return put


OPTIONS = {
    "a suffix of no format": (
        {"filepath": "m.pb"},
        "filepath='m.pb' must end in one of '.tflite', '.onnx', '.xml', or have no suffix for the "
        "folder of a SavedModel.",
    ),
    "a folder named as a file": (
        {"filepath": "m.onnx", "format": "saved_model"},
        "filepath='m.onnx' must not end in '.onnx' for 'saved_model', a folder.",
    ),
    "paths for photos": (
        {"filepath": "m", "photos": ["leaf.jpg"]},
        "photos (list) must be a LeafDataset, such as open_leaves(folder), or None.",
    ),
    "unknown format": (
        {"filepath": "m", "format": "coreml"},
        "format='coreml' must be one of 'saved_model', 'litert', 'onnx', 'openvino'.",
    ),
    "wrong suffix": (
        {"filepath": "m.tflite", "format": "onnx"},
        "filepath='m.tflite' must end in '.onnx' for 'onnx'.",
    ),
    "unknown numbers": (
        {"filepath": "m.tflite", "format": "litert", "quantize": "int4"},
        "quantize='int4' must be None or 'int8'.",
    ),
    "int8 elsewhere": (
        {"filepath": "m.onnx", "format": "onnx", "quantize": "int8"},
        "quantize='int8' must be absent for 'onnx'; 'litert' has int8.",
    ),
    "int8 without photos": (
        {"filepath": "m.tflite", "format": "litert", "quantize": "int8"},
        "photos=None must be a LeafDataset: int8 measures ranges on real photos.",
    ),
}


@pytest.mark.parametrize(("options", "message"), OPTIONS.values(), ids=list(OPTIONS))
def test_an_invalid_option_is_refused(options, message):
    with pytest.raises(ConfigError) as caught:
        exporting.export_classifier(None, **options)

    assert str(caught.value) == message


def test_other_files_are_never_overwritten(tmp_path):
    file = tmp_path / "m.onnx"
    file.write_text("mine")

    with pytest.raises(ExportTargetError) as caught:
        exporting.export_classifier(None, file, "onnx")

    assert file.read_text() == "mine"
    assert str(caught.value) == (
        f"{str(file)!r} exists and is not an export of transferleaf in this format; "
        "name another path, or remove it."
    )


def test_weights_that_would_be_overwritten_count_too(tmp_path):
    (tmp_path / "m.bin").write_text("mine")

    with pytest.raises(ExportTargetError):
        exporting.export_classifier(None, tmp_path / "m.xml", "openvino")


def test_an_older_export_is_only_replaced_on_request(exported, clf, tmp_path):
    folder = tmp_path / "m"
    shutil.copytree(exported("saved_model")[0], folder)
    (folder / "old").touch()

    with pytest.raises(ExportTargetError) as caught:
        clf.export(folder, photo_size=16)
    assert (folder / "old").exists()
    assert str(caught.value) == (
        f"{str(folder)!r} exists; name another path, or ask to replace it (overwrite=True, "
        "--overwrite)."
    )

    clf.export(folder, photo_size=16, overwrite=True)

    assert not (folder / "old").exists()
    assert open_exported(folder).metadata.photo_size == (16, 16)


def test_missing_packages_of_a_format_are_reported_first(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(MissingExtraError, match=r"transferleaf\[onnx\]"):
        exporting.export_classifier(None, tmp_path / "m.onnx")


def test_a_classifier_that_was_never_trained_is_not_exported(tmp_path):
    untrained = tl.TransferClassifier(classes=["a", "b"], backbone=tiny_network(16))

    with pytest.raises(NotTrainedError, match="an export would be based on random weights"):
        untrained.export(tmp_path / "m")

    assert list(tmp_path.iterdir()) == []


def test_openvino_files_are_written_without_scipy(clf, tmp_path, monkeypatch):
    for name in [*sys.modules]:
        if name.partition(".")[0] == "scipy" or name.startswith("keras.src.backend.openvino"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)  # makes its import fail

    assert clf.export(tmp_path / "m.xml").passed


def test_keras_name_of_the_saved_model_works_too(fake_format, clf, tmp_path, monkeypatch):
    monkeypatch.setitem(FORMATS, "saved_model", fake_format(lambda photos: None))

    check = clf.export(tmp_path / "m.txt", format="tf_saved_model", verify=False)

    assert (tmp_path / "m.txt").exists()
    assert not check.passed
    assert check.photos == 0


def test_a_file_with_different_predictions_is_removed(fake_format, clf, leaves, tmp_path):
    fake_format(lambda photos: {"probabilities": np.eye(3, dtype="float32")[[0] * len(photos)]})

    with pytest.raises(ExportMismatchError) as caught:
        clf.export(tmp_path / "out" / "m.txt", "openvino", photos=leaves)

    error = caught.value
    assert list((tmp_path / "out").iterdir()) == []
    assert error.photos == 12
    assert error.max_difference > 1e-4
    assert str(error) == (
        f"the 'openvino' file (float32) differs from predict on 12 photos: a probability by up to "
        f"{error.max_difference:.2g}, the same label on {error.same_label:.1%}; at most 1e-4 is "
        "allowed. The file was removed; try another format."
    )


def test_a_file_that_returns_nan_does_not_match(fake_format, clf, leaves, tmp_path):
    fake_format(lambda photos: {"probabilities": np.full((len(photos), 3), np.nan, "float32")})

    with pytest.raises(ExportMismatchError):
        clf.export(tmp_path / "m.txt", "openvino", photos=leaves)


def test_a_converter_that_fails_leaves_nothing_and_is_named(fake_format, clf, tmp_path):
    def fail(graph, path, text):
        path.write_text("half")
        raise RuntimeError("op Foo is unknown\nmore")

    fake_format(None, write=fail)

    with pytest.raises(ExportFailedError) as caught:
        clf.export(tmp_path / "out" / "m.txt", "openvino")

    assert list((tmp_path / "out").iterdir()) == []
    assert str(caught.value) == (
        "the classifier cannot be exported as 'openvino': its converter failed with RuntimeError "
        "(op Foo is unknown). Nothing was written; try another format."
    )


def test_a_file_that_its_runtime_cannot_run_is_refused(fake_format, clf, tmp_path):
    def fail(photos):
        raise RuntimeError("cannot broadcast on dim 0")

    fake_format(fail)

    with pytest.raises(ExportFailedError, match="its runtime failed with RuntimeError \\(cannot"):
        clf.export(tmp_path / "out" / "m.txt", "openvino")

    assert list((tmp_path / "out").iterdir()) == []


def test_the_output_of_a_converter_is_only_shown_if_it_fails(
    fake_format, clf, tmp_path, capfd, monkeypatch
):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)

    def talk(graph, path, text):
        os.write(2, b"Estimated count of arithmetic ops\n")
        path.write_text(text)

    def fail(graph, path, text):
        talk(graph, path, text)
        raise RuntimeError("op Foo is unknown")

    fake_format(None, write=talk)
    clf.export(tmp_path / "m.txt", "openvino", verify=False)
    assert capfd.readouterr().err == ""

    fake_format(None, write=fail)
    with pytest.raises(ExportFailedError):
        clf.export(tmp_path / "n.txt", "openvino", verify=False)
    assert "Estimated count" in capfd.readouterr().err


def test_int8_predicts_the_same_classes(clf, leaves, tmp_path, exported):
    check = clf.export(tmp_path / "m.tflite", "litert", quantize="int8", photos=leaves)

    opened = open_exported(tmp_path / "m.tflite")
    assert check.passed
    assert check.same_label >= 0.99
    assert check.quantization.startswith("int8 weights")
    assert opened.metadata.quantization == check.quantization


def test_a_given_size_is_the_only_accepted_one(clf, photos, tmp_path):
    need("onnx")
    check = clf.export(tmp_path / "m.onnx", "onnx", photo_size=(40, 23))

    opened = open_exported(tmp_path / "m.onnx")
    np.testing.assert_allclose(
        opened.predict(photos[1]), clf.predict(photos[1], verbose=0), atol=1e-5
    )
    assert check.photo_size == (40, 23)
    with pytest.raises(ConfigError) as caught:
        opened.predict(photos[0])
    assert str(caught.value) == (
        "photos (uint8 of shape (4, 16, 16, 3)) must have shape (n, 40, 23, 3) and dtype uint8."
    )


def test_a_check_reads_as_a_line_and_as_json(exported):
    check = replace(exported("saved_model")[1], photos_per_second=12.4)

    assert check.to_dict()["path"] == str(check.path)
    assert check.to_dict()["passed"] is True
    assert check.__rich__().row_count == 1


def test_photos_of_several_sizes_are_predicted_as_one_stream(tmp_path, monkeypatch):
    classifier = small_classifier()
    shapes = []
    predict = classifier.predict

    def spy(photos, **options):
        shapes.append(photos.element_spec.shape.as_list())
        return predict(photos, **options)

    monkeypatch.setattr(classifier, "predict", spy)

    check = classifier.export(tmp_path / "leaf.xml", "openvino")

    assert check.passed
    # TensorFlow would trace the network again for each size, and warn about it.
    assert shapes == [[None, None, None, 3]]
