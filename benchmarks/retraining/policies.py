"""The policies that the page compares, and variants of one of them."""

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
    "quadrant I": tl.FreezePolicy.for_quadrant("I"),
    "quadrant II, averages": tl.FreezePolicy.for_quadrant("II", head_pooling="average"),
    "quadrant II": tl.FreezePolicy.for_quadrant("II"),
}
"""By the name that the page gives them."""

_EVERYTHING = tl.FreezePolicy.for_quadrant("II")

VARIANTS: Mapping[str, tl.FreezePolicy] = {
    "quadrant II": _EVERYTHING,
    "averages": replace(_EVERYTHING, head_pooling="average"),
    "batch norm frozen": replace(_EVERYTHING, batch_norm=tl.BatchNormStatistics.PRETRAINED),
    "from the solved head": replace(_EVERYTHING, head_start=tl.HeadStart.SOLVED),
    "twice the rate": replace(_EVERYTHING, learning_rate=2 * _EVERYTHING.learning_rate),
    "half the rate": replace(_EVERYTHING, learning_rate=_EVERYTHING.learning_rate / 2),
    "the last half of the stages": replace(_EVERYTHING, trainable_stages=0.5),
    "the last two stages": replace(_EVERYTHING, trainable_stages=2),
    "quadrant I": tl.FreezePolicy.for_quadrant("I"),
    "quadrant III": tl.FreezePolicy.for_quadrant("III"),
}
"""What was tried on the way to quadrant II's policy; each changes one thing of it."""
