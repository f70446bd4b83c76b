"""How many multiply-adds a second the processor reaches in the work that suits it best.

    python -m benchmarks.speed.matrix_product

A convolution is a matrix product, give or take. Beside this rate a network's says how much a
faster engine could still gain.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np

SIDE = 2048
REPEATS = 10


def multiply_adds_a_second() -> float:
    """Rate of the product of two square matrices in float32, by NumPy's BLAS on all cores."""
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
