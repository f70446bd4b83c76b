"""One leaf of one class: grown, infected, worn."""

from __future__ import annotations

import numpy as np

from transferleaf.datasets.labels import parse_label
from transferleaf.drawing import variation
from transferleaf.drawing.growing.anatomy import deform
from transferleaf.drawing.growing.blade import Blade, healthy_blade
from transferleaf.drawing.growing.crops import CROPS
from transferleaf.drawing.growing.diseases import DISEASES
from transferleaf.drawing.growing.wear import worn
from transferleaf.drawing.variation import pick


def grow_leaf(class_name: str, rng: np.random.Generator, size: int) -> Blade:
    """Grow one leaf.

    Shape, surface, disease and wear draw from streams of their own, so a change to how one of
    them is drawn leaves the others as they were.

    Args:
        class_name: One of ``DRAWN_CLASSES``.
        rng: Where the randomness comes from.
        size: Side of the leaf's sheet in pixels.
    """
    label = parse_label(class_name)
    shape, surface, sickness, life = rng.spawn(4)
    anatomy = deform(CROPS[str(label.crop)](shape), shape, variation.DEFORMATION)
    blade = healthy_blade(anatomy, surface, size)
    if label.disease is not None:
        blade = DISEASES[label.disease](blade, sickness, pick(sickness, variation.SEVERITY))
    return worn(blade, life)
