"""Leaf photos drawn by our own code, for where no real photos are at hand.

A leaf is grown as lines (``anatomy``, ``outline``, ``venation``, ``crops``), becomes a sheet of
coloured, uneven tissue (``blade``), falls ill (``lesions``, ``diseases``), is worn like every leaf
(``wear``), and is photographed (``background``, ``scene``, ``camera``). How much each of these
varies stands in ``variation``.
"""

from __future__ import annotations

from transferleaf.datasets.synthetic.classes import DRAWN_CLASSES
from transferleaf.datasets.synthetic.draw import draw_leaves

__all__ = ["DRAWN_CLASSES", "draw_leaves"]
