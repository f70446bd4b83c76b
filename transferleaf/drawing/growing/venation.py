"""Vein patterns: pinnate (a feather), palmate (a hand), parallel (a grass)."""

from __future__ import annotations

import numpy as np

from transferleaf.drawing.growing.anatomy import Points, Vein
from transferleaf.drawing.growing.outline import Lobes, Profile

# Widths at the start and at the end, in leaf units.
RIB_WIDTH = (0.034, 0.006)
MAIN_WIDTH = (0.022, 0.005)
SIDE_WIDTH = (0.010, 0.003)
THIN_WIDTH = (0.005, 0.002)


def pinnate(
    rng: np.random.Generator,
    profile: Profile,
    *,
    pairs: int,
    rise: float,
    curve: float,
    basal: tuple[float, float] = SIDE_WIDTH,
) -> tuple[Vein, ...]:
    """Return side veins that leave a middle vein like the barbs of a feather.

    Args:
        rng: Random generator for the starts of the side veins.
        profile: The profile of the blade.
        pairs: Side veins on each side.
        rise: Distance that a side vein rises towards the tip, in leaf units.
        curve: Curvature of the side veins towards the tip; 0 is straight.
        basal: Widths of the first pair, which is as strong as the middle vein in some plants.
    """
    veins = [Vein(path=_line((0, 0), (0, 0.985)), width=MAIN_WIDTH)]
    for side in (-1, 1):
        starts = np.linspace(0.03, 0.86, pairs) + rng.normal(0, 0.08 / pairs, pairs)
        for number, start in enumerate(starts):
            end = min(start + rise * (1.1 - 0.6 * start), 0.97)
            margin = side * float(profile.width_at(np.array(end)))
            middle = (0.5 * margin, start + (end - start) * (0.5 - curve))
            path = _curve((0, start), middle, (margin, end))
            veins.append(Vein(path=path, width=SIDE_WIDTH if number else basal))
            veins += _branches(path, side)
    return tuple(veins)


def _branches(path: Points, side: int) -> list[Vein]:
    """Return thin veins from the outer half of a side vein towards the edge."""
    reach = 0.3 * float(np.linalg.norm(path[-1] - path[0])) * np.array([0.9 * side, 0.1])
    starts = (path[int(share * (len(path) - 1))] for share in (0.45, 0.8))
    return [Vein(path=_line(start, start + reach), width=THIN_WIDTH) for start in starts]


def palmate(lobes: Lobes) -> tuple[Vein, ...]:
    """Return one strong vein from the stalk into each lobe, with its side veins."""
    veins = []
    for angle, length in lobes:
        for side in (-1, 1) if angle else (1,):
            turn = np.deg2rad(side * angle)
            tip = length * _towards(turn)
            veins.append(Vein(path=_line((0, 0), 0.98 * tip), width=MAIN_WIDTH))
            veins += _forks(tip, turn)
    return tuple(veins)


def _forks(tip: Points, turn: float) -> list[Vein]:
    """Return the side veins of a lobe. They extend past its edge, where they are cut off."""
    length = float(np.linalg.norm(tip))
    forks = []
    for side in (-1, 1):
        for share in np.linspace(0.24, 0.84, 5):
            start = share * tip
            end = start + 0.62 * length * (1.05 - share) * _towards(turn + side * np.deg2rad(48))
            middle = (start + end) / 2 - 0.06 * tip
            forks.append(Vein(path=_curve(start, middle, end), width=SIDE_WIDTH))
    return forks


def parallel(profile: Profile, *, count: int) -> tuple[Vein, ...]:
    """Return many thin parallel veins from the base to the tip, and a broad pale rib.

    Args:
        profile: The profile of the blade.
        count: Thin veins on each side.
    """
    along = np.linspace(0, 1, 60)
    width = profile.width_at(along)
    veins = [Vein(path=np.stack([0 * along, along], axis=1), width=RIB_WIDTH)]
    for number, share in enumerate(np.linspace(-1, 1, 2 * count + 1)[1:-1]):
        thickness = THIN_WIDTH if number % 4 else SIDE_WIDTH
        veins.append(Vein(path=np.stack([share * width, along], axis=1), width=thickness))
    return tuple(veins)


def _towards(turn: float) -> Points:
    """Return the unit vector ``turn`` radians to the right of the tip."""
    return np.array([np.sin(turn), np.cos(turn)])


def _line(start: Points | tuple[float, float], end: Points | tuple[float, float]) -> Points:
    return np.linspace(start, end, 12)


def _curve(
    start: Points | tuple[float, float],
    middle: Points | tuple[float, float],
    end: Points | tuple[float, float],
) -> Points:
    """Return a quadratic Bezier curve, shape ``(14, 2)``."""
    share = np.linspace(0, 1, 14)[:, None]
    to_middle = np.asarray(start) * (1 - share) + np.asarray(middle) * share
    from_middle = np.asarray(middle) * (1 - share) + np.asarray(end) * share
    curve: Points = to_middle * (1 - share) + from_middle * share
    return curve
