"""Classifiers whose heads are filled in by hand or by chance, as tests need them."""

from __future__ import annotations

import numpy as np
import pytest

import transferleaf as tl

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
STAGES = ("low_out", "mid_out", "high_out")


def fill_head(classifier, *, seed=0):
    """Put chance values into every part of the head, as a solved one would have."""
    rng = np.random.default_rng(seed)
    standardize = classifier.get_layer("standardize")
    dense = classifier.get_layer("probabilities")
    standardize.mean.assign(rng.uniform(0, 100, standardize.mean.shape))
    standardize.scale.assign(rng.uniform(100, 400, standardize.scale.shape))
    dense.kernel.assign(rng.normal(0, 1, dense.kernel.shape))
    dense.bias.assign(rng.normal(0, 1, dense.bias.shape))
    return classifier


@pytest.fixture
def classifier(tiny_network):
    """Builds a classifier of three stages and three classes, its head filled by chance."""

    def build(head="all"):
        freeze = tl.FreezePolicy.freeze_base(head_stages=head)
        return fill_head(
            tl.TransferClassifier(
                classes=CLASSES, backbone=tiny_network(), stages=STAGES, freeze=freeze
            )
        )

    return build


@pytest.fixture
def photo():
    """A square red spot on grey, shape ``(24, 20, 3)``."""
    pixels = np.full((24, 20, 3), 120, np.uint8)
    pixels[4:10, 3:9] = (220, 30, 20)
    return pixels
