"""The plan of one leaf: its outline and its veins, as lines in leaf units, before any pixel.

Leaf units: the stalk joins the blade at ``(0, 0)``, the tip of the middle vein is near ``(0, 1)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (n_points, 2): x to the right, y towards the tip


@dataclass(frozen=True, slots=True, kw_only=True)
class Vein:
    """One vein, thick where it starts and thin where it ends.

    Attributes:
        path: Points along the vein, shape ``(n_points, 2)``, in leaf units.
        width: Width at the start and at the end, in leaf units.
    """

    path: Points
    width: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """Outline and veins of one leaf.

    Attributes:
        polygons: Closed outlines whose union is the blade, each of shape ``(n_points, 2)``.
        veins: All drawn veins, the middle vein first.
        stalk: The stalk outside the blade; None where the photo would not show one.
    """

    polygons: tuple[Points, ...]
    veins: tuple[Vein, ...]
    stalk: Vein | None


def deform(anatomy: Anatomy, rng: np.random.Generator, amount: float) -> Anatomy:
    """Bend a leaf plan as growth does: smoothly, the veins along with the outline.

    Args:
        anatomy: The regular plan.
        rng: Where the randomness comes from.
        amount: Typical displacement, in leaf units.
    """
    waves = [(rng.normal(0, 3, 2), rng.uniform(0, 2 * np.pi), rng.normal(0, amount, 2))
             for _ in range(2)]  # fmt: skip
    bend = rng.normal(0, 3 * amount)

    def moved(points: Points) -> Points:
        shift = sum(np.sin(points @ wave + phase)[:, None] * push for wave, phase, push in waves)
        return points + shift + np.stack([bend * points[:, 1] ** 2, 0 * points[:, 1]], axis=1)

    def moved_vein(vein: Vein) -> Vein:
        return Vein(path=moved(vein.path), width=vein.width)

    return Anatomy(
        polygons=tuple(moved(polygon) for polygon in anatomy.polygons),
        veins=tuple(moved_vein(vein) for vein in anatomy.veins),
        stalk=moved_vein(anatomy.stalk) if anatomy.stalk else None,
    )
