"""Measure the multiply-adds per second of a matrix product on this processor.

    python -m benchmarks.speed.matrix_product

A convolution is similar to a matrix product, so this rate shows how much faster an engine could
be.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np

SIDE = 2048
REPEATS = 10


def multiply_adds_a_second() -> float:
    """Return the rate of a product of two square float32 matrices with NumPy on all cores."""
    random = np.random.default_rng(0)
    left, right = random.random((2, SIDE, SIDE), dtype=np.float32)
    seconds = []
    for _ in range(1 + REPEATS):
        began = time.perf_counter()
        _ = left @ right
        seconds.append(time.perf_counter() - began)
    return float(SIDE**3 / median(seconds[1:]))


if __name__ == "__main__":
    print(f"{multiply_adds_a_second() / 1e9:.0f} thousand million multiply-adds a second")
