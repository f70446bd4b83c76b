"""The anatomy of a leaf: outline and veins as lines.

In leaf units, the stalk joins the blade at ``(0, 0)`` and the middle vein ends near ``(0, 1)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating[Any]]  # (n_points, 2): x to the right, y towards the tip


@dataclass(frozen=True, slots=True, kw_only=True)
class Vein:
    """A vein that tapers from its start to its end.

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
        veins: All veins, the middle vein first.
        stalk: The stalk outside the blade, or ``None`` if there is none.
    """

    polygons: tuple[Points, ...]
    veins: tuple[Vein, ...]
    stalk: Vein | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wave:
    """A smooth displacement that rises and falls across the leaf."""

    frequency: Points  # (2,), radians per leaf unit
    phase: float
    push: Points  # (2,), leaf units

    def shift(self, points: Points) -> Points:
        return np.sin(points @ self.frequency + self.phase)[:, None] * self.push


def deform(anatomy: Anatomy, rng: np.random.Generator, amount: float) -> Anatomy:
    """Deform a regular anatomy smoothly, with the veins and the outline.

    Args:
        anatomy: The regular anatomy.
        rng: Random generator.
        amount: Typical displacement, in leaf units.
    """
    waves = [
        _Wave(
            frequency=rng.normal(0, 3, 2),
            phase=rng.uniform(0, 2 * np.pi),
            push=rng.normal(0, amount, 2),
        )
        for _ in range(2)
    ]
    sideways = np.array([rng.normal(0, 3 * amount), 0])

    def moved(points: Points) -> Points:
        bent = points + points[:, 1:] ** 2 * sideways
        result: Points = bent + waves[0].shift(points) + waves[1].shift(points)
        return result

    def moved_vein(vein: Vein) -> Vein:
        return Vein(path=moved(vein.path), width=vein.width)

    return Anatomy(
        polygons=tuple(moved(polygon) for polygon in anatomy.polygons),
        veins=tuple(moved_vein(vein) for vein in anatomy.veins),
        stalk=None if anatomy.stalk is None else moved_vein(anatomy.stalk),
    )
