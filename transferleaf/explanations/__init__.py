"""Explanations of predictions: the evidence in a photo and in the stages of the network.

A traced ``network`` gives maps of evidence; ``explaining`` leads from photos to an ``explanation``,
the value that users hold; ``heat_colours`` are its colours.
"""

from __future__ import annotations

from transferleaf.explanations.explanation import Explanation
from transferleaf.scenes.leaf_mask import find_leaf

__all__ = ["Explanation", "find_leaf"]
