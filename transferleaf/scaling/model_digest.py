"""A digest of everything that determines the predictions of a classifier."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transferleaf.classifier import TransferClassifier


def model_digest(classifier: TransferClassifier) -> str:
    """Return a digest of a classifier, 16 hexadecimal digits, independent of its file name."""
    from transferleaf.features.identity import pixel_identity, structure_digest

    told = {
        "structure": structure_digest(classifier.backbone.model),
        "pixels": pixel_identity(),
        "config": classifier.get_config(),
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=repr).encode())
    for weight in classifier.weights:
        digest.update(weight.numpy().tobytes())
    if classifier.class_means is not None:
        digest.update(classifier.class_means.means.tobytes())
    return digest.hexdigest()[:16]
