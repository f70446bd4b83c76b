"""A classifier trained on blobs."""

from __future__ import annotations

import pytest

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")


@pytest.fixture
def trained(train_one):
    """A classifier of three classes, trained to distinguish blobs."""
    return train_one()


@pytest.fixture(scope="module")
def shared(train_one):
    """The same, trained once for tests that do not change it."""
    return train_one()


@pytest.fixture(scope="session")
def train_one(tiny_network, blobs):
    def train():
        from transferleaf import TransferClassifier

        classifier = TransferClassifier(
            classes=CLASSES, backbone=tiny_network(), stages=("low_out", "mid_out", "high_out")
        )
        classifier.fit(*blobs(), verbose=0)
        return classifier

    return train
