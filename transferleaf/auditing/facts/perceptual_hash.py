"""A perceptual hash: the signs of the 63 lowest frequencies of a cosine transform.

If a photo is mirrored, some coefficients change their sign. If it is rotated, pairs of coefficients
change places. So the hash of a rotated photo can be computed from the hash of the photo, without
the pixels. This is why bits are signs and not comparisons with a median. In an exactly symmetric
drawing, some coefficients are 0 and their signs are arbitrary; photos are not symmetric.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_WAVES = 8
_SIDE = 32
_PLACES = np.arange(_SIDE) + 0.5
# Shape (frequencies, pixels): row k is a cosine with k half periods over the width of the photo.
_COSINES = np.cos(np.pi / _SIDE * np.outer(np.arange(_WAVES), _PLACES))


def perceptual_hash(grey: NDArray[np.uint8]) -> bytes:
    """Return the hash of a grey picture.

    Args:
        grey: Shape ``(32, 32)``, in [0, 255].

    Returns:
        8 bytes, one for each vertical frequency, from low to high, with a bit for each horizontal
        frequency, the lowest in the highest bit. The first bit, for the mean, is 0.

    Source:
        The discrete cosine transform as in Zauner, "Implementation and Benchmarking of
        Perceptual Image Hash Functions" (2010), with signs instead of comparisons with the median.

    >>> bright_to_the_left = np.tile(np.arange(248, -8, -8, dtype=np.uint8), (32, 1))
    >>> perceptual_hash(bright_to_the_left)[0] & 0b11000000
    64
    """
    waves = _COSINES @ grey.astype(np.float64) @ _COSINES.T
    signs = waves > 0
    signs[0, 0] = False
    return np.packbits(signs).tobytes()
