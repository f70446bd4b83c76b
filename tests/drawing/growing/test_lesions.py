from __future__ import annotations

import numpy as np
import pytest

from transferleaf.drawing.growing.lesions import FAR, Lesions, lesion_field, scatter


def one_lesion(*, radius, stretch=1.0):
    return Lesions(
        centres=np.array([[20.0, 30.0]]), radii=np.array([radius]), stretch=np.array([stretch])
    )


@pytest.mark.parametrize(
    ("row", "column", "distance"),
    [
        (20, 30, 0.0),  # the middle
        (20, 35, 1.0),  # the edge, across
        (25, 30, 1.0),  # the edge, along
        (20, 40, 2.0),  # the end of the measured range
        (0, 0, FAR),
    ],
)
def test_distances_are_measured_in_radii(row, column, distance):
    field = lesion_field(one_lesion(radius=5.0), size=64)

    assert field[row, column] == pytest.approx(distance)


def test_a_stretched_lesion_is_longer_along_the_leaf():
    field = lesion_field(one_lesion(radius=5.0, stretch=2.0), size=64)

    assert field[30, 30] == pytest.approx(1.0)
    assert field[20, 35] == pytest.approx(1.0)


def test_of_two_lesions_the_nearer_counts():
    both = Lesions(
        centres=np.array([[20.0, 20.0], [20.0, 28.0]]), radii=np.full(2, 5.0), stretch=np.ones(2)
    )

    field = lesion_field(both, size=64)

    assert field[20, 27] == pytest.approx(0.2)


def test_without_lesions_everything_is_far():
    none = scatter(
        np.random.default_rng(0), np.ones((8, 8), np.float32), count=0, radius=(0.1, 0.2)
    )

    assert (lesion_field(none, size=8) == FAR).all()


def test_lesions_lie_only_where_they_may():
    where = np.zeros((32, 32), np.float32)
    where[5:10, 20:30] = 1

    rows, columns = scatter(
        np.random.default_rng(0), where, count=200, radius=(0.01, 0.02)
    ).centres.T

    assert (rows.min(), rows.max()) == (5, 9)
    assert (columns.min(), columns.max()) == (20, 29)


def test_radii_stay_between_their_bounds():
    radii = scatter(
        np.random.default_rng(0), np.ones((100, 100), np.float32), count=500, radius=(0.02, 0.1)
    ).radii

    assert 2 <= radii.min() < 3
    assert 8 < radii.max() <= 10
