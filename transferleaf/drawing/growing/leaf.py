"""A complete leaf of a class: grown, diseased and worn."""

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

    Shape, surface, disease and wear use separate random streams, so a change of one of them does
    not change the others.

    Args:
        class_name: One of ``DRAWN_CLASSES``.
        rng: Random generator.
        size: Side of the sheet in pixels.
    """
    label = parse_label(class_name)
    shape, surface, sickness, life = rng.spawn(4)
    anatomy = deform(CROPS[str(label.crop)](shape), shape, variation.DEFORMATION)
    blade = healthy_blade(anatomy, surface, size)
    if label.disease is not None:
        blade = DISEASES[label.disease](blade, sickness, pick(sickness, variation.SEVERITY))
    return worn(blade, life)
