"""Leaf photos drawn by our own code, for where no real photos are at hand.

A leaf grows (``growing``): it is planned as lines (``crops`` from ``outline`` and ``venation``,
into an ``anatomy``), laid out as uneven coloured tissue (``blade``), falls ill (``diseases`` from
``lesions``), and is worn as every leaf is (``wear``). It is photographed (``photographing``): it
lies somewhere (``pose``, ``background``) in some ``light``, in front of a ``camera`` (``scene``).
How much all of this varies stands in ``variation``.
"""

from __future__ import annotations

from transferleaf.drawing.classes import DRAWN_CLASSES
from transferleaf.drawing.draw import draw_leaves

__all__ = ["DRAWN_CLASSES", "draw_leaves"]
