"""Small classifiers, and photos for them as files."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import transferleaf as tl
from tests.classifier.policies import CLASSES, STAGES
from transferleaf.head.scaling import FeatureScaling
from transferleaf.head.solver import LinearHead


@pytest.fixture
def tiny(tiny_network):
    """Builds a classifier on the tiny network."""

    def build(freeze=None, **options):
        options = {"stages": STAGES, "classes": CLASSES, **options}
        return tl.TransferClassifier(backbone=tiny_network(), freeze=freeze, **options)

    return build


@pytest.fixture
def solve_to_first_class(monkeypatch):
    """Makes solved heads always predict the first class, by a margin."""

    def install(margin):
        def solve(train, *_, **__):
            return LinearHead(
                scaling=FeatureScaling.of(train.features[:]),
                kernel=np.zeros((train.features.shape[1], len(CLASSES)), np.float32),
                bias=np.array([margin, 0, 0], np.float32),
                l2=1.0,
            )

        monkeypatch.setattr("transferleaf.training.phases.head_phase.solve_head", solve)

    return install


@pytest.fixture
def draw_leaves(tmp_path, blobs):
    """Writes a number of small photos of three classes to a folder, and returns it."""

    def draw(photos):
        images, labels = blobs(photos)
        for number, (image, label) in enumerate(zip(images, labels, strict=True)):
            folder = tmp_path / "leaves" / CLASSES[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(folder / f"{number:03}.png")
        return tmp_path / "leaves"

    return draw


@pytest.fixture
def leaf_folder(draw_leaves):
    """Three classes of 16 small photos, as files."""
    return draw_leaves(48)
