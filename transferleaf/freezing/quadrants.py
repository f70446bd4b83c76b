"""The policies of the four quadrants of the size-similarity matrix."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from transferleaf.freezing.policy import FreezePolicy
from transferleaf.quadrant import Quadrant

# docs/retraining.md has the measurements. Gradient training starts from the solved head and uses
# the same cross-entropy, because label smoothing or dropout would move the head away from its
# optimum. The rates are small, because the steps of Adam do not shrink with the gradient.
QUADRANT_POLICIES: Mapping[Quadrant, FreezePolicy] = MappingProxyType(
    {
        # Large and similar: the late stages adapt.
        Quadrant.I: FreezePolicy(
            quadrant=Quadrant.I, trainable_stages=0.4, learning_rate=1e-4, head_rate=0.1
        ),
        # Large and dissimilar: everything adapts, from the pretrained values.
        Quadrant.II: FreezePolicy(
            quadrant=Quadrant.II, trainable_stages="all", learning_rate=1e-4, head_rate=0.1
        ),
        # Small and dissimilar: only the two most specialised stages adapt.
        Quadrant.III: FreezePolicy(
            quadrant=Quadrant.III, trainable_stages=2, learning_rate=1e-4, head_rate=0.1
        ),
        # Small and similar: the pretrained features are used unchanged.
        Quadrant.IV: FreezePolicy(quadrant=Quadrant.IV, trainable_stages=0),
    }
)
