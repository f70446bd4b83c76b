"""Classes and policies that the tests of the classifier share."""

from __future__ import annotations

import pytest

import transferleaf as tl

CLASSES = ("Bean___healthy", "Bean___rust", "Corn___rust")
STAGES = ("low_out", "mid_out", "high_out")

POLICIES = {
    "I": tl.FreezePolicy.for_quadrant("I", trainable_stages=2, epochs=2),
    "II": tl.FreezePolicy.for_quadrant("II", epochs=2),
    "III": tl.FreezePolicy.for_quadrant("III", trainable_stages=1, epochs=2),
    "IV": tl.FreezePolicy.for_quadrant("IV"),
    "last": tl.FreezePolicy.freeze_base(head_stages="last"),
    "batch norm": tl.FreezePolicy.train_all(
        epochs=2, batch_norm=tl.BatchNormStatistics.FROM_LEAVES
    ),
    "from scratch": tl.FreezePolicy.train_all(epochs=2, head_start=tl.HeadStart.RANDOM),
}
EACH_POLICY = pytest.mark.parametrize("policy", POLICIES.values(), ids=list(POLICIES))
