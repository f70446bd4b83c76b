"""The five drawn crops, each with its own shape and vein pattern.

All crops have the same range of greens, so that the colour does not determine the crop.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import numpy as np

from transferleaf.drawing.growing import outline, venation
from transferleaf.drawing.growing.anatomy import Anatomy, Points, Vein
from transferleaf.drawing.growing.outline import Profile, toothed
from transferleaf.drawing.variation import pick

Grow = Callable[[np.random.Generator], Anatomy]


def grow_apple(rng: np.random.Generator) -> Anatomy:
    """An oval blade with fine saw teeth, whose side veins bow towards the tip."""
    profile = Profile(half_width=pick(rng, (0.27, 0.37)), base=0.6, tip=pick(rng, (0.75, 1.0)))
    teeth, depth = _even(rng, 76, 98), pick(rng, (0.014, 0.022))
    return Anatomy(
        polygons=(toothed(profile.edge(), teeth=teeth, depth=depth),),
        veins=venation.pinnate(rng, profile, pairs=7, rise=0.26, curve=0.16),
        stalk=_stalk(length=pick(rng, (0.12, 0.3))),
    )


def grow_bean(rng: np.random.Generator) -> Anatomy:
    """A heart with a smooth edge, in which three strong veins start at the stalk."""
    profile = Profile(
        half_width=pick(rng, (0.38, 0.48)),
        base=0.3,
        tip=pick(rng, (0.85, 1.15)),
        heart=pick(rng, (0.05, 0.12)),
    )
    return Anatomy(
        polygons=(profile.edge(),),
        veins=venation.pinnate(
            rng, profile, pairs=5, rise=0.34, curve=0.12, basal=venation.MAIN_WIDTH
        ),
        stalk=_stalk(length=0.12),
    )


def grow_corn(rng: np.random.Generator) -> Anatomy:
    """A long strap with a wavy edge, parallel veins and a broad, pale rib."""
    profile = Profile(half_width=pick(rng, (0.13, 0.19)), base=0.16, tip=pick(rng, (0.4, 0.75)))
    waves = _even(rng, 6, 14)
    return Anatomy(
        polygons=(toothed(profile.edge(), teeth=waves, depth=0.02, lean=0.5, bluntness=1),),
        veins=venation.parallel(profile, count=int(rng.integers(8, 12))),
        stalk=None,
    )


def grow_grape(rng: np.random.Generator) -> Anatomy:
    """Five lobes around the stalk, coarsely toothed, one strong vein in each."""
    lobes = [
        (0.0, 1.0),
        (pick(rng, (48, 58)), pick(rng, (0.82, 0.95))),
        (pick(rng, (100, 116)), pick(rng, (0.62, 0.76))),
    ]
    edge = outline.palmate(lobes, notch=pick(rng, (0.2, 0.45)), sinus=pick(rng, (0.05, 0.2)))
    teeth = _even(rng, 38, 48)
    return Anatomy(
        polygons=(toothed(edge, teeth=teeth, depth=0.055, lean=0.5, bluntness=0.3),),
        veins=venation.palmate(lobes),
        stalk=_stalk(length=pick(rng, (0.4, 0.7))),
    )


def grow_tomato(rng: np.random.Generator) -> Anatomy:
    """Lobes along the middle vein like a feather's, each a small blade with blunt teeth."""
    lobes = [_lobe(rng, start=0.42, turn=0.0, length=0.58)]
    for base in np.linspace(0.08, 0.42, int(rng.integers(2, 4))):
        for side in (-1, 1):
            start = base + rng.normal(0, 0.025)
            turn = side * np.deg2rad(pick(rng, (52, 72)))
            length = pick(rng, (0.42, 0.54)) * (1.05 - 0.35 * base)
            lobes.append(_lobe(rng, start=start, turn=turn, length=length))
    web = Profile(half_width=pick(rng, (0.02, 0.07)), base=0.3, tip=0.3).edge() * [1, 0.62]
    rib = Vein(path=np.array([(0, -0.05), (0, 0.5)]), width=(0.024, 0.014))
    return Anatomy(
        polygons=(web, *(edge for edge, _ in lobes)),
        veins=(rib, *(vein for _, veins in lobes for vein in veins)),
        stalk=_stalk(length=0.2),
    )


def _lobe(
    rng: np.random.Generator, *, start: float, turn: float, length: float
) -> tuple[Points, list[Vein]]:
    """Return a small blade on the middle vein: its start, its angle in radians, its length."""
    profile = Profile(half_width=pick(rng, (0.23, 0.31)), base=0.55, tip=pick(rng, (0.75, 1.0)))
    teeth, depth = _even(rng, 10, 14), pick(rng, (0.075, 0.12))
    edge = toothed(profile.edge(), teeth=teeth, depth=depth, bluntness=0.9)
    cos, sin = np.cos(turn), np.sin(turn)
    turned = length * np.array([[cos, -sin], [sin, cos]])
    veins = venation.pinnate(rng, profile, pairs=4, rise=0.2, curve=0.1)
    return edge @ turned + [0, start], [
        Vein(
            path=vein.path @ turned + [0, start],
            width=(0.8 * vein.width[0], 0.8 * vein.width[1]),
        )
        for vein in veins
    ]


def _stalk(*, length: float) -> Vein:
    return Vein(path=np.linspace((0, 0.03), (0, -length), 10), width=(0.024, 0.03))


def _even(rng: np.random.Generator, fewest: int, most: int) -> int:
    """Return an even random number from ``fewest`` to ``most``, both even."""
    return 2 * int(rng.integers(fewest // 2, most // 2 + 1))


CROPS: Final = MappingProxyType[str, Grow](
    {
        "Apple": grow_apple,
        "Bean": grow_bean,
        "Corn": grow_corn,
        "Grape": grow_grape,
        "Tomato": grow_tomato,
    }
)
