"""A tiny backbone and classifiers on it."""

from __future__ import annotations

import pytest

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
STAGES = ("low_out", "mid_out", "high_out")


@pytest.fixture
def tiny_classifier(tiny_network):
    """Builds a classifier of three classes on the tiny network, with a policy."""

    def build(freeze, **options):
        from transferleaf import TransferClassifier

        return TransferClassifier(
            classes=CLASSES, backbone=tiny_network(), stages=STAGES, freeze=freeze, **options
        )

    return build
