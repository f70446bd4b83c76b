"""The compared policies, and variants of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import transferleaf as tl

POLICIES: Mapping[str, tl.FreezePolicy] = {
    "classical head (last stage, averages)": tl.FreezePolicy.freeze_base(
        head_stages="last", head_pooling="average"
    ),
    "quadrant IV, averages": tl.FreezePolicy.for_quadrant("IV", head_pooling="average"),
    "quadrant IV": tl.FreezePolicy.for_quadrant("IV"),
    "quadrant III": tl.FreezePolicy.for_quadrant("III"),
    "quadrant I, averages": tl.FreezePolicy.for_quadrant("I", head_pooling="average"),
    "quadrant I": tl.FreezePolicy.for_quadrant("I"),
    "quadrant II": tl.FreezePolicy.for_quadrant("II"),
    "quadrant II, smaller photos first": tl.FreezePolicy.for_quadrant(
        "II", initial_image_scale=0.7
    ),
    "quadrant IV, augmented": tl.FreezePolicy.for_quadrant("IV"),
    "quadrant I, augmented": tl.FreezePolicy.for_quadrant("I"),
}
"""The policies by their names on the page."""

_LATE = tl.FreezePolicy.for_quadrant("I")

VARIANTS: Mapping[str, tl.FreezePolicy] = {
    "quadrant I": _LATE,
    "three times the rate": replace(_LATE, learning_rate=3e-4),
    "a third of the rate": replace(_LATE, learning_rate=3e-5),
    "label smoothing 0.1 and dropout 0.2": replace(_LATE, label_smoothing=0.1, dropout=0.2),
    "batch norm trains": replace(_LATE, batch_norm=tl.BatchNormStatistics.FROM_LEAVES),
    "head from zeros, batch norm trains, rate 1e-3": replace(
        _LATE,
        head_start=tl.HeadStart.ZERO,
        batch_norm=tl.BatchNormStatistics.FROM_LEAVES,
        learning_rate=1e-3,
        head_rate=0.5,
        weight_decay=0.01,
        label_smoothing=0.1,
        dropout=0.2,
    ),
    "averages": replace(_LATE, head_pooling="average"),
}
"""Variants that were tried for quadrant I. Each changes one property."""
