"""Why a classifier answers as it does: where in a photo, and in which stage, its evidence lies.

A traced ``network`` gives maps of evidence; ``explaining`` leads from photos to an ``explanation``,
the value that users hold; ``leaf_mask`` tells the leaf from what it lies on, so that the
explanation can say how much of the attention is on the leaf; ``heat_colours`` are its colours.
"""

from __future__ import annotations

from transferleaf.explanations.explanation import Explanation
from transferleaf.explanations.leaf_mask import find_leaf

__all__ = ["Explanation", "find_leaf"]
