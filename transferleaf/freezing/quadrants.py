"""The four quadrant strategies as data: one policy for each cell of the matrix."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from transferleaf.freezing.policy import FreezePolicy
from transferleaf.quadrant import Quadrant

# Rates, smoothing and dropout were tried on validation photos; docs/quadrants.md has the table.
# The solved head fits its training photos exactly, so that without smoothing and dropout there is
# hardly a gradient left to learn from.
QUADRANT_POLICIES: Mapping[Quadrant, FreezePolicy] = MappingProxyType(
    {
        # Large and similar: the late stages may follow the data.
        Quadrant.I: FreezePolicy(
            quadrant=Quadrant.I,
            trainable_stages=0.5,
            learning_rate=5e-4,
            stage_decay=0.8,
            dropout=0.5,
            label_smoothing=0.1,
            epochs=5,
            patience=5,
        ),
        # Large and dissimilar: everything may follow, from the pretrained values.
        Quadrant.II: FreezePolicy(
            quadrant=Quadrant.II,
            trainable_stages="all",
            learning_rate=3e-4,
            stage_decay=0.8,
            dropout=0.5,
            label_smoothing=0.1,
            epochs=5,
            patience=5,
        ),
        # Small and dissimilar: a strongly regularised touch of the most specialised stages.
        Quadrant.III: FreezePolicy(
            quadrant=Quadrant.III,
            trainable_stages=2,
            learning_rate=2e-4,
            stage_decay=0.5,
            weight_decay=1e-2,
            dropout=0.6,
            label_smoothing=0.1,
            epochs=5,
            patience=5,
        ),
        # Small and similar: what was learnt before is used as it is.
        Quadrant.IV: FreezePolicy(quadrant=Quadrant.IV, trainable_stages=0),
    }
)
