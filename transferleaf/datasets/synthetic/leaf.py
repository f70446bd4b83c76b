"""One leaf of one class: grown, infected, worn."""

from __future__ import annotations

import numpy as np

from transferleaf.datasets.synthetic import variation
from transferleaf.datasets.synthetic.anatomy import deform
from transferleaf.datasets.synthetic.blade import Blade, healthy_blade
from transferleaf.datasets.synthetic.classes import BETWEEN, HEALTHY
from transferleaf.datasets.synthetic.crops import CROPS
from transferleaf.datasets.synthetic.diseases import DISEASES
from transferleaf.datasets.synthetic.wear import worn


def grow_leaf(label: str, rng: np.random.Generator, size: int) -> Blade:
    """Grow a leaf of the class ``label`` on a sheet of ``size`` pixels a side.

    Shape, surface, disease and wear draw from streams of their own, so a change to how one of
    them is drawn leaves the others as they were.
    """
    crop, disease = label.split(BETWEEN)
    shape, surface, sickness, life = rng.spawn(4)
    anatomy = deform(CROPS[crop](shape), shape, variation.DEFORMATION)
    blade = healthy_blade(anatomy, surface, size)
    if disease != HEALTHY:
        blade = DISEASES[disease](blade, sickness, _severity(sickness))
    return worn(blade, life)


def _severity(rng: np.random.Generator) -> float:
    mild, strong = variation.SEVERITY
    return float(mild + (strong - mild) * rng.random() ** variation.MILD_BIAS)
