"""Evaluating an exported file gives the same results as the classifier."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import transferleaf as tl
from tests.judging.test_report import CLASSES, painted
from transferleaf.errors import ConfigError
from transferleaf.export.metadata import ExportMetadata
from transferleaf.export.running import ExportedClassifier
from transferleaf.judging.exported import judge_exported


@pytest.fixture
def exported(tmp_path):
    """A file that predicts the strongest colour of each photo."""

    def run(photos):
        strength = photos.mean(axis=(1, 2)) + 1  # a broken photo is read as black
        shares = strength / strength.sum(axis=1, keepdims=True)
        # Photos of the first class are unlike the training photos.
        distance = np.where(shares.argmax(axis=1) == 0, 9.0, 0.0)
        return {"probabilities": shares.astype("float32"), "distance": distance}

    metadata = ExportMetadata(
        classes=CLASSES,
        image_size=16,
        photo_size=None,
        backbone="tiny",
        weights_license="unknown",
        quantization=None,
        temperature=2.0,
        threshold=0.4,
        farthest=1.0,
    )
    return ExportedClassifier(
        path=tmp_path / "leaf.onnx", format="onnx", metadata=metadata, run=run
    )


@pytest.fixture
def lab(tmp_path, blobs):
    """Twelve photos, and a file that is not a photo."""
    painted(tmp_path / "lab", blobs(12)[0], CLASSES)
    (tmp_path / "lab" / CLASSES[0] / "broken.png").write_bytes(b"no photo")
    return tl.LeafDataset.from_folder(tmp_path / "lab")


def test_results_are_of_the_readable_photos(exported, lab):
    (found,) = judge_exported(exported, {"lab": lab})

    assert (found.photos, found.accuracy.value, found.mistakes_total) == (12, 1.0, 0)
    assert [each.name for each in found.unreadable] == [f"{CLASSES[0]}/broken.png"]
    assert (found.temperature, found.at_threshold.threshold) == (2.0, 0.4)


def test_verdicts_are_those_of_predict_photos(exported, lab):
    (found,) = judge_exported(exported, {"lab": lab})

    predicted = Counter(each.verdict for each in exported.predict_photos(lab.paths) if each.label)
    assert found.verdicts == predicted == {"unknown": 4, "sure": 8}
    assert found.at_threshold.coverage == pytest.approx(8 / 12)


def test_other_class_names_are_mapped_or_reported(exported, blobs, tmp_path):
    field = painted(tmp_path / "field", blobs(12)[0], ("leaf", "rust leaf", "Elm___dead"))

    (found,) = judge_exported(
        exported, {"field": field}, label_map={"leaf": CLASSES[2], "rust leaf": None}
    )

    counts = np.array(found.confusion)
    assert counts[2].tolist() == [4, 0, 0]
    assert [(each.name, each.photos) for each in found.unknown] == [
        ("Elm___dead", 4),
        ("rust leaf", 4),
    ]


def test_a_label_map_with_unknown_classes_is_refused(exported, lab):
    with pytest.raises(ConfigError, match="label_map="):
        judge_exported(exported, {"lab": lab}, label_map={"Bean": CLASSES[0]})
