"""Leaf outlines: simple blades, palmate blades, and the teeth along an edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transferleaf.datasets.synthetic.anatomy import Points

_ALONG = np.linspace(0, 1, 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How wide a simple blade is, from the stalk (0) to the tip (1).

    Attributes:
        half_width: Largest distance of the edge from the middle vein, in leaf units.
        base: Roundness of the base; 0.5 is round, less is blunt, more is a wedge.
        tip: Roundness of the tip; 0.5 is round, 1 and more is drawn out to a point.
        heart: How far the two base lobes hang below the stalk, in leaf units.
    """

    half_width: float
    base: float
    tip: float
    heart: float = 0.0

    def width_at(self, along: Points) -> Points:
        """Half-width at positions ``along`` in [0, 1], any shape."""
        along = np.clip(along, 0, 1)
        widest = self.base / (self.base + self.tip)
        peak = widest**self.base * (1 - widest) ** self.tip
        return self.half_width * along**self.base * (1 - along) ** self.tip / peak

    def edge(self) -> Points:
        """The outline, once around from the stalk over the tip and back."""
        # Denser where a blunt base makes the width grow fastest.
        along = _ALONG**2
        width = self.width_at(along)
        drop = self.heart * (1 - along) ** 6 * (width / self.half_width)
        right = np.stack([width, along - drop], axis=1)
        left = right[::-1] * [-1, 1]
        return np.concatenate([right, left])


def toothed(
    edge: Points, *, teeth: int, depth: float, lean: float = 0.65, bluntness: float = 0.0
) -> Points:
    """Cut teeth into an outline.

    Args:
        edge: Closed outline, shape ``(n_points, 2)``.
        teeth: Number of teeth once around; even, so that one ends the tip.
        depth: Height of a tooth, in leaf units.
        lean: Where in a tooth its point lies, in (0, 1); 0.5 is symmetric.
        bluntness: 0 for pointed teeth, 1 for round ones.

    Returns:
        A finer outline, shape ``(12 * teeth, 2)``.
    """
    steps = np.linalg.norm(np.diff(edge, axis=0, append=edge[:1]), axis=1)
    walked = np.concatenate([[0], np.cumsum(steps)])
    closed = np.concatenate([edge, edge[:1]])
    position = np.linspace(0, walked[-1], 12 * teeth, endpoint=False)
    points = np.stack([np.interp(position, walked, closed[:, axis]) for axis in (0, 1)], axis=1)
    ahead = np.roll(points, -6, axis=0) - np.roll(points, 6, axis=0)
    outwards = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    outwards /= np.maximum(np.linalg.norm(outwards, axis=1, keepdims=True), 1e-9)
    # Teeth lean towards the tip on both sides, so the left half runs mirrored.
    along = position / walked[-1] * teeth
    phase = (np.where(along < teeth / 2, along, teeth - along) + lean) % 1
    height = np.where(phase < lean, phase / lean, (1 - phase) / (1 - lean))
    height = height * (1 - bluntness) + np.sin(height * np.pi / 2) * bluntness
    return points - outwards * (depth * (height - 0.5))[:, None] * _turning(edge)


def _turning(edge: Points) -> float:
    """1 for a clockwise outline, -1 for the other way round."""
    after = np.roll(edge, -1, axis=0)
    return float(np.sign((edge[:, 0] * after[:, 1] - after[:, 0] * edge[:, 1]).sum())) * -1


def palmate(lobes: Sequence[tuple[float, float]], *, notch: float, sinus: float) -> Points:
    """Outline of a palmate blade, whose lobes stand around the stalk like fingers.

    Args:
        lobes: Angle from the middle vein in degrees, in (0, 180), and length in leaf units
            of each lobe on one side, from the middle lobe ``(0, 1)`` outwards.
        notch: Depth of the cuts between lobes, as a share of their length, in [0, 1].
        sinus: Distance of the edge from the stalk straight behind it, in leaf units.
    """
    nodes: list[tuple[float, float]] = []
    for (angle, length), (next_angle, next_length) in zip(lobes, lobes[1:], strict=False):
        nodes += [(angle, length), ((angle + next_angle) / 2,
                                    (1 - notch) * (length + next_length) / 2)]  # fmt: skip
    last_angle, last_length = lobes[-1]
    nodes += [(last_angle, last_length), (0.6 * last_angle + 72, 0.75 * last_length), (180, sinus)]
    angle = np.linspace(0, 180, 160)
    radius = _through(nodes, angle)
    turn = np.deg2rad(angle)
    right = np.stack([radius * np.sin(turn), radius * np.cos(turn)], axis=1)[::-1]
    return np.concatenate([right, right[::-1] * [-1, 1]])


def _through(nodes: Sequence[tuple[float, float]], at: Points) -> Points:
    """Interpolate through nodes: pointed at the lobes, rounded in the cuts between them."""
    places, values = np.array(nodes).T
    index = np.clip(np.searchsorted(places, at, side="right") - 1, 0, len(places) - 2)
    share = (at - places[index]) / (places[index + 1] - places[index])
    rising = values[index + 1] > values[index]
    eased = np.where(rising, share**0.8, 1 - (1 - share) ** 0.8)
    return values[index] + (values[index + 1] - values[index]) * eased
