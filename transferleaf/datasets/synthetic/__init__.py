"""Leaf photos drawn by our own code, for where no real photos are at hand.

A leaf is planned as lines (``crops`` from ``outline`` and ``venation``, into an ``anatomy``), laid
out as uneven coloured tissue (``blade``), falls ill (``diseases`` from ``lesions``), is worn as
every leaf is (``wear``), lies somewhere (``pose``, ``background``) in some ``light``, and is
photographed (``scene``, ``camera``). How much all of this varies stands in ``variation``.
"""

from __future__ import annotations

from transferleaf.datasets.synthetic.classes import DRAWN_CLASSES
from transferleaf.datasets.synthetic.draw import draw_leaves

__all__ = ["DRAWN_CLASSES", "draw_leaves"]
