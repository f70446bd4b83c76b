from __future__ import annotations

import numpy as np
import pytest

from transferleaf.auditing.statistics import (
    cramers_v,
    cross_table,
    permutation_p,
    robust_distance,
    share_interval,
)


def test_pairs_are_counted():
    table = cross_table(np.array([0, 0, 1]), np.array([0, 2, 2]))

    assert table.tolist() == [[1, 0, 1], [0, 0, 1]]


@pytest.mark.parametrize(
    ("table", "strength"),
    [
        ([[10, 0], [0, 10]], 1.0),
        ([[5, 5], [5, 5]], 0.0),
        ([[10, 10]], 0.0),
        ([[10, 0], [10, 0]], 0.0),
        ([[1, 0], [0, 0]], 0.0),
        ([[30, 10], [10, 30]], 0.4903),
    ],
)
def test_cramers_v_tells_the_strength(table, strength):
    assert cramers_v(np.array(table, float)) == pytest.approx(strength, abs=1e-3)


def test_many_cells_with_few_photos_do_not_look_associated():
    rng = np.random.default_rng(0)

    table = cross_table(rng.integers(30, size=300), rng.integers(30, size=300))

    assert cramers_v(table) < 0.15


def test_values_that_follow_labels_are_no_chance():
    labels = np.repeat([0, 1], 50)

    assert permutation_p(labels, labels, np.arange(100)) == 0.005


def test_values_that_follow_nothing_are_chance():
    rng = np.random.default_rng(0)
    labels, values = rng.integers(2, size=100), rng.integers(2, size=100)

    assert permutation_p(labels, values, np.arange(100)) > 0.05


def test_photos_of_one_leaf_count_once():
    labels = np.repeat([0, 1], 50)

    assert permutation_p(labels, labels, labels) == 1.0


@pytest.mark.parametrize(
    ("values", "distances"),
    [
        ([1, 1, 1, 2], [0, 0, 0, np.inf]),
        ([1, np.nan, 3, 2], [-0.6745, np.nan, 0.6745, 0]),
        ([np.nan], [np.nan]),
    ],
)
def test_distances_survive_equal_and_unknown_values(values, distances):
    assert robust_distance(values) == pytest.approx(distances, nan_ok=True)


def test_fewer_leaves_make_a_wider_interval():
    right = np.repeat([True, False], 50)

    by_photo = share_interval(right, np.arange(100))
    by_leaf = share_interval(right, np.arange(100) // 10)

    assert by_photo[1] - by_photo[0] < by_leaf[1] - by_leaf[0]
    assert by_leaf[0] < 0.5 < by_leaf[1]
