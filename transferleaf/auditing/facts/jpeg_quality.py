"""The quality of a JPEG, estimated from its quantisation table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# The luminance table that the standard gives as an example and libjpeg scales by quality: ITU-T
# Recommendation T.81, table K.1.
_EXAMPLE_TABLE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)


def jpeg_quality(table: Sequence[int]) -> int:
    """Return the quality whose table has the nearest sum.

    Exact for files written with libjpeg. For cameras and editors with other tables, it is the
    libjpeg quality with the same loss.

    Args:
        table: The 64 quantisation steps of the luminance, in any order.

    Returns:
        Quality, in [1, 100].

    >>> jpeg_quality(_EXAMPLE_TABLE.ravel().tolist()), jpeg_quality([1] * 64)
    (50, 100)
    """
    return int(np.abs(_SUMS - sum(table)).argmin()) + 1


def _scaled_sum(quality: int) -> int:
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return int(np.clip((_EXAMPLE_TABLE * percent + 50) // 100, 1, 255).sum())


_SUMS = np.array([_scaled_sum(quality) for quality in range(1, 101)])
