"""Photos with a replaced background, to measure how much predictions depend on it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from transferleaf.scenes.cut_out import cut_out
from transferleaf.scenes.grounds import DRAWN, drawn_ground, part_of
from transferleaf.scenes.leaf_mask import find_leaf
from transferleaf.scenes.pasting import Shadow, in_light_of, pasted

# Other numbers than those used in training, because a test needs unseen backgrounds.
_FIRST, _NUMBER = DRAWN, 24
_SHADOW = Shadow(across=0.015, down=0.015, softness=0.02, depth=0.4)


def swap_ground(
    photo: npt.NDArray[np.uint8], rng: np.random.Generator
) -> npt.NDArray[np.uint8] | None:
    """Replace the background of a leaf by drawn soil, grass or foliage.

    Args:
        photo: Shape ``(size, size, 3)``, RGB in [0, 255].
        rng: Random generator, which selects the background.

    Returns:
        The photo with another background. ``None`` if no leaf on a plain background is found.

    Source:
        Xiao et al. (2020), "Noise or signal: the role of image backgrounds in object recognition",
        arXiv:2006.09994, use such photos.

    >>> photo = np.full((40, 40, 3), 200, np.uint8)
    >>> swap_ground(photo, np.random.default_rng(0)) is None
    True
    >>> photo[10:30, 10:30] = (40, 120, 30)
    >>> swap_ground(photo, np.random.default_rng(0))[2, 2].tolist() == [200, 200, 200]
    False
    """
    leaf = find_leaf(photo)
    if leaf is None:
        return None
    size = len(photo)
    ground = part_of(drawn_ground(_FIRST + int(rng.integers(_NUMBER)), size), rng, size)
    found = in_light_of(cut_out(photo.astype(np.float32) / 255, leaf), ground, 0.2)
    scene = np.clip(pasted(ground, found, _SHADOW), 0, 1)
    return (scene * 255 + 0.5).astype(np.uint8)
