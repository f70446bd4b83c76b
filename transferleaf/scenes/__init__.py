"""Leaves that are cut out of a photo and placed in another scene.

``leaf_mask`` finds the leaf on a plain background. ``cut_out`` cuts it out with a soft edge.
``grounds`` creates other backgrounds. ``pasting`` places the leaf there, with its shadow.
``field_scenes`` varies this at random for training. ``swapping`` only replaces the background, to
measure how much predictions depend on it.
"""

from __future__ import annotations
