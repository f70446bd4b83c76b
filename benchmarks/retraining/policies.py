"""The compared policies, and variants of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import transferleaf as tl

POLICIES: Mapping[str, tl.FreezePolicy] = {
    "classical head (last stage, averages)": tl.FreezePolicy.freeze_base(
        head_stages="last", head_pooling="average"
    ),
    "quadrant IV, averages": tl.FreezePolicy.for_quadrant("IV", head_pooling="average"),
    "quadrant IV": tl.FreezePolicy.for_quadrant("IV"),
    "quadrant III, averages": tl.FreezePolicy.for_quadrant("III", head_pooling="average"),
    "quadrant III": tl.FreezePolicy.for_quadrant("III"),
    "quadrant I, averages": tl.FreezePolicy.for_quadrant("I", head_pooling="average"),
    "quadrant I": tl.FreezePolicy.for_quadrant("I"),
    "quadrant II, averages": tl.FreezePolicy.for_quadrant("II", head_pooling="average"),
    "quadrant II": tl.FreezePolicy.for_quadrant("II"),
    "quadrant II, smaller photos first": tl.FreezePolicy.for_quadrant(
        "II", initial_image_scale=0.7
    ),
    "quadrant IV, augmented": tl.FreezePolicy.for_quadrant("IV"),
    "quadrant I, augmented": tl.FreezePolicy.for_quadrant("I"),
}
"""The policies by their names on the page."""

_LATE = tl.FreezePolicy.for_quadrant("I")
_ALL = tl.FreezePolicy.for_quadrant("II", epochs=12)
_FROM_ZEROS: Mapping[str, Any] = {
    "head_start": tl.HeadStart.ZERO,
    "batch_norm": tl.BatchNormStatistics.FROM_LEAVES,
    "learning_rate": 1e-3,
    "head_rate": 0.5,
    "weight_decay": 0.01,
    "label_smoothing": 0.1,
    "dropout": 0.2,
}

VARIANTS: Mapping[str, tl.FreezePolicy] = {
    "quadrant I": _LATE,
    "I, three times the rate": replace(_LATE, learning_rate=3e-4),
    "I, a third of the rate": replace(_LATE, learning_rate=3e-5),
    "I, label smoothing 0.1 and dropout 0.2": replace(_LATE, label_smoothing=0.1, dropout=0.2),
    "I, batch norm trains": replace(_LATE, batch_norm=tl.BatchNormStatistics.FROM_LEAVES),
    "I, from zeros": replace(_LATE, **_FROM_ZEROS),
    "II, 12 epochs from zeros": replace(_ALL, **_FROM_ZEROS),
    "II, 12 epochs, augmented": _ALL,
    "IV, 16 views, augmented": tl.FreezePolicy.for_quadrant("IV", views=16),
    "I, 16 views, augmented": replace(_LATE, views=16),
}
"""Variants that were tried. Those from zeros change seven properties, the others one or two."""
