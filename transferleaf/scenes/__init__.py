"""Leaves that are cut out of their photo and put into another scene.

``leaf_mask`` finds the leaf on a plain ground; ``cut_out`` takes it out with a soft edge;
``grounds`` gives it something else to lie on; ``pasting`` puts it there, with its shadow;
``field_scenes`` varies all of this at random, to train on; ``swapping`` replaces nothing but the
ground, to measure how much of an answer comes from there.
"""

from __future__ import annotations
