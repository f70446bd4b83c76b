"""A classifier of coloured photos, and brighter photos of the same classes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")


@pytest.fixture
def laboratory(blobs):
    """Labelled photos."""
    return blobs(60)


@pytest.fixture
def field(blobs):
    """Brighter photos, with labels for comparison."""
    images, labels = blobs(60, seed=5)
    return np.minimum(images.astype(int) + 35, 255).astype("uint8"), labels


@pytest.fixture
def field_folder(field, tmp_path):
    """The brighter photos as files."""
    folder = tmp_path / "field" / "walk"
    folder.mkdir(parents=True)
    for number, image in enumerate(field[0]):
        Image.fromarray(image).save(folder / f"{number:03}.png")
    return folder.parent


@pytest.fixture
def trained(tiny_network, laboratory):
    """Trains a classifier on the labelled photos."""

    def train(**options):
        from transferleaf import TransferClassifier

        classifier = TransferClassifier(
            classes=CLASSES,
            backbone=tiny_network(),
            stages=("low_out", "mid_out", "high_out"),
            **options,
        )
        classifier.fit(*laboratory, verbose=0, seed=0)
        return classifier

    return train
