"""The accuracy of a head of other leaves on other backgrounds, for the audit."""

from __future__ import annotations

import keras
import pytest
from PIL import Image

from tests.classifier.test_leaf_region import leaves
from transferleaf.datasets import LeafDataset
from transferleaf.training.evidence import feature_evidence


@pytest.fixture
def backbone(tiny_network):
    keras.utils.set_random_seed(1)
    return tiny_network()


def data_of(folder, images, labels):
    paths = [folder / f"{number:03}.png" for number in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        Image.fromarray(image).save(path)
    return LeafDataset(
        paths=paths,
        labels=labels,
        classes=["Bean___healthy", "Bean___rust", "Corn___rust"],
        leaves=[None] * len(images),
        origin="",
    )


def test_leaves_on_a_plain_background_are_placed_on_others(backbone, tmp_path):
    data = data_of(tmp_path, *leaves(180, size=64))

    found = feature_evidence(data, backbone=backbone, folds=3, cache=tmp_path / "c", verbose=0).swap

    assert found.looked_at == 60
    assert found.photos >= 50
    assert found.swapped.value < found.accuracy.value


def test_other_photos_are_not(backbone, blobs, tmp_path):
    data = data_of(tmp_path, *blobs(60, size=32))

    found = feature_evidence(data, backbone=backbone, folds=3, cache=tmp_path / "c", verbose=0)

    assert found.swap is None
