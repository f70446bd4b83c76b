"""Vein patterns: pinnate (a feather), palmate (a hand), parallel (a grass)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from transferleaf.datasets.synthetic.anatomy import Points, Vein
from transferleaf.datasets.synthetic.outline import Profile

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
    first: float = 0.06,
) -> tuple[Vein, ...]:
    """Side veins leave one middle vein like the barbs of a feather.

    Args:
        rng: Jitters where each side vein starts.
        profile: The blade that the veins must fill.
        pairs: Side veins on each side.
        rise: How much nearer the tip a side vein ends than it starts, in leaf units.
        curve: How strongly side veins bow towards the tip; 0 is straight.
        first: Where the first pair starts along the middle vein, in [0, 1].
    """
    veins = [Vein(path=_line((0, 0), (0, 0.985)), width=MAIN_WIDTH)]
    for side in (-1, 1):
        starts = np.linspace(first, 0.86, pairs) + rng.normal(0, 0.25 / pairs / 3, pairs)
        starts[0] = first
        for start in starts:
            end = min(start + rise * (1.1 - 0.6 * start), 0.97)
            margin = float(profile.width_at(np.array(end)))
            middle = (side * margin * 0.5, start + (end - start) * (0.5 - curve))
            path = _curve((0, start), middle, (side * margin, end))
            veins.append(Vein(path=path, width=SIDE_WIDTH))
            veins += _branches(path, side, count=2)
    return tuple(veins)


def _branches(path: Points, side: int, *, count: int) -> list[Vein]:
    """Thin veins that fork off the outer half of a side vein, towards the base."""
    length = float(np.linalg.norm(path[-1] - path[0]))
    found = []
    for share in np.linspace(0.45, 0.8, count):
        start = path[int(share * (len(path) - 1))]
        end = start + length * 0.3 * np.array([side * 0.9, 0.1])
        found.append(Vein(path=_line(start, end), width=THIN_WIDTH))
    return found


def palmate(lobes: Sequence[tuple[float, float]]) -> tuple[Vein, ...]:
    """One strong vein from the stalk into each lobe, each with side veins of its own.

    Args:
        lobes: Angle in degrees and length of each lobe on one side, as for the outline.
    """
    veins = []
    for angle, length in lobes:
        for side in (-1, 1) if angle else (1,):
            turn = np.deg2rad(side * angle)
            tip = length * np.array([np.sin(turn), np.cos(turn)])
            veins.append(Vein(path=_line((0, 0), 0.98 * tip), width=MAIN_WIDTH))
            veins += _forks(turn, tip, length)
    return tuple(veins)


def _forks(turn: float, tip: Points, length: float) -> list[Vein]:
    found = []
    for side in (-1, 1):
        for share in np.linspace(0.24, 0.84, 5):
            start = share * tip
            reach = 0.62 * length * (1.05 - share)
            direction = turn + side * np.deg2rad(48)
            end = start + reach * np.array([np.sin(direction), np.cos(direction)])
            middle = (start + end) / 2 - 0.06 * tip
            found.append(Vein(path=_curve(start, middle, end), width=SIDE_WIDTH))
    return found


def parallel(profile: Profile, *, count: int) -> tuple[Vein, ...]:
    """Many thin veins run side by side from the base to the tip, beside a broad middle vein.

    Args:
        profile: The blade that the veins must fill.
        count: Thin veins on each side.
    """
    along = np.linspace(0, 1, 60)
    width = profile.width_at(along)
    veins = [Vein(path=np.stack([0 * along, along], axis=1), width=(0.034, 0.006))]
    for index, share in enumerate(np.linspace(-1, 1, 2 * count + 1)[1:-1]):
        thick = SIDE_WIDTH if index % 4 == 0 else THIN_WIDTH
        veins.append(Vein(path=np.stack([share * width, along], axis=1), width=thick))
    return tuple(veins)


def _line(start: Sequence[float] | Points, end: Sequence[float] | Points) -> Points:
    return np.linspace(np.asarray(start, float), np.asarray(end, float), 12)


def _curve(
    start: Sequence[float] | Points,
    middle: Sequence[float] | Points,
    end: Sequence[float] | Points,
) -> Points:
    """A quadratic Bezier curve."""
    share = np.linspace(0, 1, 14)[:, None]
    a, b, c = (np.asarray(point, float) for point in (start, middle, end))
    return (1 - share) ** 2 * a + 2 * share * (1 - share) * b + share**2 * c
