"""The five crops that are drawn, each a shape and a vein pattern no other crop has.

Colour is not here on purpose: all crops share one range of greens.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import numpy as np

from transferleaf.datasets.synthetic import outline, venation
from transferleaf.datasets.synthetic.anatomy import Anatomy, Points, Vein
from transferleaf.datasets.synthetic.outline import Profile, toothed
from transferleaf.datasets.synthetic.variation import pick

Grow = Callable[[np.random.Generator], Anatomy]


def grow_apple(rng: np.random.Generator) -> Anatomy:
    """An oval blade with fine saw teeth; side veins bow towards the tip."""
    profile = Profile(half_width=pick(rng, (0.27, 0.37)), base=0.6, tip=pick(rng, (0.75, 1.0)))
    teeth = 2 * int(rng.integers(38, 50))
    return Anatomy(
        polygons=(toothed(profile.edge(), teeth=teeth, depth=pick(rng, (0.014, 0.022))),),
        veins=venation.pinnate(rng, profile, pairs=7, rise=0.26, curve=0.16),
        stalk=_stalk(length=pick(rng, (0.12, 0.3))),
    )


def grow_bean(rng: np.random.Generator) -> Anatomy:
    """A smooth-edged heart; three strong veins start together at the stalk."""
    profile = Profile(
        half_width=pick(rng, (0.38, 0.48)),
        base=0.3,
        tip=pick(rng, (0.85, 1.15)),
        heart=pick(rng, (0.05, 0.12)),
    )
    veins = venation.pinnate(rng, profile, pairs=5, rise=0.34, curve=0.12, first=0.01)
    strong = tuple(
        Vein(path=vein.path, width=venation.MAIN_WIDTH) if vein.path[0, 1] == 0.01 else vein
        for vein in veins
    )
    return Anatomy(polygons=(profile.edge(),), veins=strong, stalk=_stalk(length=0.12))


def grow_corn(rng: np.random.Generator) -> Anatomy:
    """A long strap with parallel veins and a pale, broad middle vein."""
    profile = Profile(half_width=pick(rng, (0.13, 0.19)), base=0.16, tip=pick(rng, (0.4, 0.75)))
    waves = 2 * int(rng.integers(3, 8))
    return Anatomy(
        polygons=(toothed(profile.edge(), teeth=waves, depth=0.02, lean=0.5, bluntness=1),),
        veins=venation.parallel(profile, count=int(rng.integers(8, 12))),
        stalk=None,
    )


def grow_grape(rng: np.random.Generator) -> Anatomy:
    """Five lobes around the stalk, coarsely toothed, one strong vein in each."""
    lobes = [(0.0, 1.0),
             (pick(rng, (48, 58)), pick(rng, (0.82, 0.95))),
             (pick(rng, (100, 116)), pick(rng, (0.62, 0.76)))]  # fmt: skip
    edge = outline.palmate(lobes, notch=pick(rng, (0.2, 0.45)), sinus=pick(rng, (0.05, 0.2)))
    teeth = 2 * int(rng.integers(19, 25))
    return Anatomy(
        polygons=(toothed(edge, teeth=teeth, depth=0.055, lean=0.5, bluntness=0.3),),
        veins=venation.palmate(lobes),
        stalk=_stalk(length=pick(rng, (0.4, 0.7))),
    )


def grow_tomato(rng: np.random.Generator) -> Anatomy:
    """Lobes along the middle vein like a feather, each a small blade with blunt teeth."""
    polygons: list[Points] = []
    veins: list[Vein] = [Vein(path=np.array([(0.0, -0.05), (0.0, 0.5)]), width=(0.024, 0.014))]
    pairs = int(rng.integers(2, 4))
    for base in np.linspace(0.08, 0.42, pairs):
        for side in (-1, 1):
            start = base + rng.normal(0, 0.025)
            turn = side * np.deg2rad(pick(rng, (52, 72)))
            size = pick(rng, (0.42, 0.54)) * (1.05 - 0.35 * base)
            _add_lobe(rng, polygons, veins, start=start, turn=turn, size=size)
    _add_lobe(rng, polygons, veins, start=0.42, turn=0, size=0.58)
    bridge = Profile(half_width=pick(rng, (0.02, 0.07)), base=0.3, tip=0.3).edge() * [1, 0.62]
    return Anatomy(polygons=(*polygons, bridge), veins=tuple(veins), stalk=_stalk(length=0.2))


def _add_lobe(
    rng: np.random.Generator,
    polygons: list[Points],
    veins: list[Vein],
    *,
    start: float,
    turn: float,
    size: float,
) -> None:
    profile = Profile(half_width=pick(rng, (0.23, 0.31)), base=0.55, tip=pick(rng, (0.75, 1.0)))
    teeth = 2 * int(rng.integers(5, 8))
    edge = toothed(profile.edge(), teeth=teeth, depth=pick(rng, (0.075, 0.12)), bluntness=0.9)
    cos, sin = np.cos(turn), np.sin(turn)
    onto_leaf = size * np.array([[cos, -sin], [sin, cos]])
    shift = np.array([0, start])
    polygons.append(edge @ onto_leaf + shift)
    for vein in venation.pinnate(rng, profile, pairs=4, rise=0.2, curve=0.1):
        width = (vein.width[0] * 0.8, vein.width[1] * 0.8)
        veins.append(Vein(path=vein.path @ onto_leaf + shift, width=width))


def _stalk(*, length: float) -> Vein:
    down = np.linspace(0.03, -length, 10)
    return Vein(path=np.stack([0 * down, down], axis=1), width=(0.024, 0.03))


CROPS: Final = MappingProxyType(
    {
        "Apple": grow_apple,
        "Bean": grow_bean,
        "Corn": grow_corn,
        "Grape": grow_grape,
        "Tomato": grow_tomato,
    }
)
