"""Synthetic leaf photos, for use without real photos.

First a leaf is created (``growing``): as lines (``crops`` from ``outline`` and ``venation``, in an
``anatomy``), then as coloured tissue (``blade``), with a disease (``diseases`` from ``lesions``)
and wear (``wear``). Then it is photographed (``photographing``): with a ``pose`` on a
``background``, in a ``light``, by a ``camera`` (``scene``). ``variation`` contains the parameters
of the variation.
"""

from __future__ import annotations

from transferleaf.drawing.classes import DRAWN_CLASSES
from transferleaf.drawing.draw import draw_leaves

__all__ = ["DRAWN_CLASSES", "draw_leaves"]
