"""The four quadrant strategies as data: one policy for each cell of the matrix."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from transferleaf.freezing.policy import FreezePolicy
from transferleaf.quadrant import Quadrant

QUADRANT_POLICIES: Mapping[Quadrant, FreezePolicy] = MappingProxyType(
    {
        # Large and similar: the late stages may follow the data.
        Quadrant.I: FreezePolicy(
            quadrant=Quadrant.I,
            trainable_stages=3,
            learning_rate=1e-4,
            stage_decay=0.7,
            epochs=8,
            patience=4,
        ),
        # Large and dissimilar: everything may follow, from the pretrained values.
        Quadrant.II: FreezePolicy(
            quadrant=Quadrant.II,
            trainable_stages="all",
            learning_rate=1e-4,
            stage_decay=0.8,
            epochs=10,
            patience=4,
        ),
        # Small and dissimilar: a strongly regularised touch of the most specialised stages.
        Quadrant.III: FreezePolicy(
            quadrant=Quadrant.III,
            trainable_stages=2,
            learning_rate=3e-5,
            stage_decay=0.5,
            weight_decay=1e-2,
            dropout=0.3,
            label_smoothing=0.1,
            epochs=8,
            patience=4,
        ),
        # Small and similar: what was learnt before is used as it is.
        Quadrant.IV: FreezePolicy(quadrant=Quadrant.IV, trainable_stages=0),
    }
)
