from __future__ import annotations

import numpy as np
import pytest

from transferleaf.head.rows import BLOCK, blocks


@pytest.mark.parametrize(
    ("n", "sizes"),
    [(0, []), (5, [5]), (BLOCK, [BLOCK]), (2 * BLOCK + 1, [BLOCK, BLOCK, 1])],
)
def test_blocks_cover_all_photos_once(n, sizes):
    found = [block.stop - block.start for block in blocks(np.zeros((n, 1), np.float32))]

    assert found == sizes
