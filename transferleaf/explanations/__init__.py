"""Explanations of predictions: the evidence in a photo and in the stages of the network.

``network`` traces the classifier and computes maps of evidence. ``explaining`` computes an
``explanation``, the value that users get, from a photo. ``heat_colours`` is its colour map.
"""

from __future__ import annotations

from transferleaf.explanations.explanation import Explanation
from transferleaf.scenes.leaf_mask import find_leaf

__all__ = ["Explanation", "find_leaf"]
