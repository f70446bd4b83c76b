from __future__ import annotations

import numpy as np
import pytest

from transferleaf.datasets.imbalance import class_weights
from transferleaf.errors import EmptyClassError


def test_a_rare_class_weighs_more():
    assert class_weights([30, 10]).tolist() == pytest.approx([2 / 3, 2.0])


def test_the_mean_weight_over_photos_is_one():
    counts = np.array([5, 17, 200])

    weights = class_weights(counts.tolist())

    assert (weights * counts).sum() / counts.sum() == pytest.approx(1.0)


def test_an_empty_class_has_no_weight():
    with pytest.raises(EmptyClassError) as caught:
        class_weights([3, 0, 5, 0])

    assert caught.value.empty == (1, 3)
    assert str(caught.value) == (
        "the classes at positions [1, 3] of 4 have no photos; "
        "add photos of them, or leave these classes out."
    )
