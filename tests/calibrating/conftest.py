"""A classifier that was trained on blobs."""

from __future__ import annotations

import pytest

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")


@pytest.fixture
def trained(tiny_network, blobs):
    """A classifier of three classes that has learnt to tell blobs apart."""
    from transferleaf import TransferClassifier

    classifier = TransferClassifier(
        classes=CLASSES, backbone=tiny_network(), stages=("low_out", "mid_out", "high_out")
    )
    classifier.fit(*blobs(), verbose=0)
    return classifier
