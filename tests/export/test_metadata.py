"""The metadata of an exported file."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from transferleaf.errors import ConfigError
from transferleaf.export.metadata import ExportMetadata, checked_photo_size

METADATA = ExportMetadata(
    classes=("Bean___healthy", "Bean___rust"),
    image_size=224,
    photo_size=(224, 224),
    backbone="resnet50",
    weights_license="MIT",
    quantization=None,
    temperature=1.5,
    threshold=0.8,
    farthest=1.2,
)


def test_json_restores_it():
    assert ExportMetadata.from_json(METADATA.to_json()) == METADATA


def test_a_program_finds_crop_and_disease_and_what_pixels_are_taken():
    found = json.loads(METADATA.to_json())

    assert found["pixels"] == "RGB, uint8, [0, 255], shape (batch, height, width, 3)"
    assert found["labels"] == [
        {"name": "Bean___healthy", "crop": "Bean", "disease": None, "healthy": True},
        {"name": "Bean___rust", "crop": "Bean", "disease": "rust", "healthy": False},
    ]


def test_a_file_of_a_later_version_is_refused():
    later = METADATA.to_json().replace(METADATA.transferleaf_version, "99.0.0")

    with pytest.raises(ConfigError, match=r"transferleaf_version='99\.0\.0' must be at most"):
        ExportMetadata.from_json(later)


def test_it_is_read_off_a_classifier(clf):
    found = ExportMetadata.of(clf, photo_size=None)

    assert found.classes == clf.classes
    assert (found.image_size, found.backbone, found.weights_license) == (16, "tiny", "unknown")
    assert (found.temperature, found.threshold, found.farthest) == (None, None, None)


@pytest.mark.parametrize(("threshold", "farthest"), [(0.7, 1.1), (None, None)])
def test_a_calibrated_classifier_tells_what_its_verdicts_need(threshold, farthest):
    classifier = SimpleNamespace(
        classes=("a", "b"),
        image_size=32,
        backbone=SimpleNamespace(name="efficientnet_lite0"),
        calibration=SimpleNamespace(temperature=2.0, threshold=threshold, farthest=farthest),
    )

    found = ExportMetadata.of(classifier, photo_size=None)

    told = (found.temperature, found.threshold, found.farthest)
    assert told == (2.0, threshold, farthest)
    assert found.weights_license != "unknown"


@pytest.mark.parametrize(("given", "size"), [(None, None), (64, (64, 64)), ((48, 64), (48, 64))])
def test_a_photo_size_is_a_side_or_two(given, size):
    assert checked_photo_size(given) == size


@pytest.mark.parametrize("given", [0, (1, 2, 3), (4, -1), (4.0, 4)])
def test_another_photo_size_is_refused(given):
    with pytest.raises(ConfigError) as caught:
        checked_photo_size(given)

    assert str(caught.value) == (
        f"photo_size={given!r} must be a number of pixels or (height, width)."
    )


def test_refusing_invalid_options_imports_neither_tensorflow_nor_keras():
    code = "import sys, transferleaf.export; print({'tensorflow', 'keras'} & set(sys.modules))"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "set()"
