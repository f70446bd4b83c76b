"""An artificial head for classifiers whose speed is measured without training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from transferleaf import TransferClassifier


def with_made_head(classifier: TransferClassifier) -> TransferClassifier:
    """Set non-zero biases, because a classifier with zero biases counts as untrained."""
    bias = classifier.get_layer("probabilities").bias
    bias.assign(np.linspace(-0.1, 0.1, bias.shape[0]))
    return classifier
