"""Small classifiers, and photos for them as files."""

from __future__ import annotations

import pytest
from PIL import Image

import transferleaf as tl
from tests.classifier.policies import CLASSES, STAGES


@pytest.fixture
def tiny(tiny_network):
    """Builds a classifier on the tiny network."""

    def build(freeze=None, **options):
        options = {"stages": STAGES, "classes": CLASSES, **options}
        return tl.TransferClassifier(backbone=tiny_network(), freeze=freeze, **options)

    return build


@pytest.fixture
def leaf_folder(tmp_path, blobs):
    """Three classes of 16 small photos, as files."""
    images, labels = blobs(48)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / "leaves" / CLASSES[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{number:03}.png")
    return tmp_path / "leaves"
