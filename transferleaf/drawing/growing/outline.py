"""Leaf outlines: simple blades, palmate blades, and the teeth along an edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from transferleaf.drawing.growing.anatomy import Points

Lobes = Sequence[tuple[float, float]]
"""The lobes on one side of a palmate blade, from the middle lobe outwards: the angle from the
middle vein in degrees, in [0, 180), and the length in leaf units."""

_POINTS_PER_TOOTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The half-width of a simple blade, from the stalk (0) to the tip (1).

    Attributes:
        half_width: Maximum distance of the edge from the middle vein, in leaf units.
        base: Shape of the base; 0.5 is round, less is blunt, more is a wedge.
        tip: Shape of the tip; 0.5 is round, 1 and more is drawn out to a point.
        heart: How far the two halves extend below the stalk, in leaf units.
    """

    half_width: float
    base: float
    tip: float
    heart: float = 0.0

    def width_at(self, along: Points) -> Points:
        """Return the half-width at positions ``along`` in [0, 1], of any shape, in leaf units."""
        along = np.clip(along, 0, 1)
        widest = self.base / (self.base + self.tip)
        peak = widest**self.base * (1 - widest) ** self.tip
        share: Points = along**self.base * (1 - along) ** self.tip / peak
        return self.half_width * share

    def edge(self) -> Points:
        """Return the closed outline, from the stalk up the right side and down the left side."""
        # Squared, because with a blunt base the width grows fastest at the stalk.
        along = np.linspace(0, 1, 120) ** 2
        width = self.width_at(along)
        drop = self.heart * (1 - along) ** 6 * (width / self.half_width)
        right = np.stack([width, along - drop], axis=1)
        return np.concatenate([right, _mirrored(right)])


def toothed(
    edge: Points, *, teeth: int, depth: float, lean: float = 0.65, bluntness: float = 0.0
) -> Points:
    """Add teeth to an outline.

    Args:
        edge: Outline that runs up the right side and down the left one, shape ``(n_points, 2)``.
        teeth: Number of teeth of the outline; even, so that one is at the tip.
        depth: Height of a tooth, in leaf units.
        lean: Position of the point in a tooth, in (0, 1); above 0.5 it points to the tip.
        bluntness: 0 for pointed teeth, 1 for round ones.

    Returns:
        A finer outline, shape ``(12 * teeth, 2)``.
    """
    position = np.arange(teeth * _POINTS_PER_TOOTH) / _POINTS_PER_TOOTH  # in teeth
    points = _along(edge, position / teeth)
    # Both sides are counted from the stalk to the tip, so that their teeth lean the same way.
    phase = (np.minimum(position, teeth - position) + lean) % 1
    height = np.where(phase < lean, phase / lean, (1 - phase) / (1 - lean))
    height = height * (1 - bluntness) + np.sin(height * np.pi / 2) * bluntness
    return points + _outwards(points) * (depth * (height - 0.5))[:, None]


def _along(edge: Points, share: Points) -> Points:
    """Return the points of a closed line at fractions of its length, in [0, 1)."""
    closed = np.concatenate([edge, edge[:1]])
    walked = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    x, y = (np.interp(share * walked[-1], walked, closed[:, axis]) for axis in (0, 1))
    return np.stack([x, y], axis=1)


def _outwards(points: Points) -> Points:
    """Return outward unit vectors of a closed line that runs up the right side."""
    around = _POINTS_PER_TOOTH // 2
    ahead = np.roll(points, -around, axis=0) - np.roll(points, around, axis=0)
    normals = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    lengths: Points = np.linalg.norm(normals, axis=1, keepdims=True)
    return normals / np.maximum(lengths, 1e-9)


def palmate(lobes: Lobes, *, notch: float, sinus: float) -> Points:
    """Return the outline of a palmate blade, whose lobes surround the stalk like fingers.

    Args:
        lobes: At least two lobes, those of one side.
        notch: Depth of the cuts between lobes, as a share of their length, in [0, 1].
        sinus: Distance of the edge from the stalk straight behind it, in leaf units.
    """
    nodes = [lobes[0]]
    for (angle, length), (next_angle, next_length) in pairwise(lobes):
        cut = (1 - notch) * (length + next_length) / 2
        nodes += [((angle + next_angle) / 2, cut), (next_angle, next_length)]
    last_angle, last_length = lobes[-1]
    nodes += [(0.6 * last_angle + 0.4 * 180, 0.75 * last_length), (180, sinus)]
    around = np.linspace(180, 0, 160)
    radius, turn = _through(nodes, around), np.deg2rad(around)
    right = np.stack([radius * np.sin(turn), radius * np.cos(turn)], axis=1)
    return np.concatenate([right, _mirrored(right)])


def _through(nodes: Lobes, at: Points) -> Points:
    """Interpolate radii such that lobes are broad and the cuts between them narrow."""
    positions, radii = np.array([place for place, _ in nodes]), np.array([far for _, far in nodes])
    index = np.clip(np.searchsorted(positions, at, side="right") - 1, 0, len(positions) - 2)
    share = (at - positions[index]) / (positions[index + 1] - positions[index])
    climb = radii[index + 1] - radii[index]
    eased: Points = np.where(climb > 0, share**0.8, 1 - (1 - share) ** 0.8)
    radius: Points = radii[index] + climb * eased
    return radius


def _mirrored(right: Points) -> Points:
    return right[::-1] * [-1, 1]
