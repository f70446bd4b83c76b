"""A classifier with any backbone can be saved and loaded."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import transferleaf as tl

pytestmark = pytest.mark.slow

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
SIZE = 32


@pytest.mark.parametrize(
    "name",
    [name for name in tl.list_backbones() if ":" not in name] + ["keras_cv:resnet18_v2"],
)
def test_every_backbone_is_restored_from_a_file_bit_for_bit(name, with_a_head, blobs, tmp_path):
    size = max(SIZE, tl.get_backbone(name).min_image_size)
    classifier = with_a_head(
        tl.TransferClassifier(classes=CLASSES, backbone=name, weights=None, image_size=size)
    )
    photos = blobs(2, size=size)[0]
    expected = classifier.predict(photos, verbose=0)

    classifier.save(tmp_path / "leaf.keras")
    loaded = keras.saving.load_model(tmp_path / "leaf.keras")

    np.testing.assert_array_equal(loaded.predict(photos, verbose=0), expected)
