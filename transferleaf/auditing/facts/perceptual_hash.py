"""A perceptual hash: the signs of the 63 lowest frequencies of a cosine transform.

A wave keeps its place and at most changes its sign when the photo is mirrored, and trades places
with another when it is turned. So the hash of a turned photo follows from that of the photo; no
second look is needed. That is why bits are signs, and not comparisons with a median. The price: a
drawing that is its own mirror image has waves of no size, whose signs are chance; photos have none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_WAVES = 8
_SIDE = 32
_PLACES = np.arange(_SIDE) + 0.5
# Shape (waves, pixels): row k holds k half-waves over the width of the photo.
_COSINES = np.cos(np.pi / _SIDE * np.outer(np.arange(_WAVES), _PLACES))


def perceptual_hash(grey: NDArray[np.uint8]) -> bytes:
    """Return the hash of a grey picture.

    Args:
        grey: Shape ``(32, 32)``, in [0, 255].

    Returns:
        8 bytes, one for each vertical frequency, from low to high; in each a bit for each
        horizontal frequency, the lowest in the highest bit. The very first bit stands for the
        mean, which tells nothing, and is 0.

    Source:
        The discrete cosine transform as in Zauner, "Implementation and Benchmarking of
        Perceptual Image Hash Functions" (2010), with signs in place of its median.

    >>> bright_to_the_left = np.tile(np.arange(248, -8, -8, dtype=np.uint8), (32, 1))
    >>> perceptual_hash(bright_to_the_left)[0] & 0b11000000
    64
    """
    waves = _COSINES @ grey.astype(np.float64) @ _COSINES.T
    signs = waves > 0
    signs[0, 0] = False
    return np.packbits(signs).tobytes()
