"""Photos that do not fit in memory give the same head as in memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.passes import Kernel, PassedPhotos
from transferleaf.head.scaling import FeatureScaling
from transferleaf.head.solver import HeadProblem, solve_head

NO_MEMORY = 1  # byte


def problem(n: int, features: int, classes: int, *, present: int | None = None, seed: int = 0):
    """Weighted photos of overlapping clouds, with features of very different scales."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(present or classes, size=n)
    centres = np.random.default_rng(99).normal(size=(classes, features))
    points = 0.5 * centres[labels] + rng.normal(size=(n, features)) + 5
    return HeadProblem(
        features=(points * np.logspace(0, 2, features)).astype(np.float32),
        targets=np.eye(classes, dtype=np.float32)[labels],
        weights=rng.uniform(0.5, 2, size=n).astype(np.float32),
    )


@pytest.mark.parametrize(
    ("n", "widths", "classes", "present"),
    [
        pytest.param(120, (6,), 3, 3, id="many photos"),
        pytest.param(40, (90,), 3, 3, id="more features than photos"),
        pytest.param(1025, (8,), 4, 4, id="a block and one photo"),
        pytest.param(200, (2, 4, 14), 5, 5, id="three stages"),
        pytest.param(150, (3, 9), 6, 4, id="classes without photos"),
    ],
)
def test_the_head_is_that_of_photos_in_memory(n, widths, classes, present):
    train = problem(n, sum(widths), classes, present=present)
    unseen = problem(100, sum(widths), classes, present=present, seed=1)

    groups = [FeatureGroup(stage, "average", width) for stage, width in enumerate(widths)]
    held = solve_head(train, unseen, groups=groups)
    passed = solve_head(train, unseen, groups=groups, memory=NO_MEMORY)

    assert passed.l2 == held.l2
    np.testing.assert_allclose(
        [loss for _, loss in passed.searched], [loss for _, loss in held.searched], rtol=1e-4
    )
    np.testing.assert_allclose(
        passed.probabilities(unseen.features), held.probabilities(unseen.features), atol=5e-4
    )


def test_soft_targets_give_the_head_of_photos_in_memory():
    train = problem(90, 5, 3)
    shares = np.random.default_rng(2).dirichlet(np.ones(3), size=90).astype(np.float32)
    soft = HeadProblem(features=train.features, targets=shares, weights=train.weights)

    held, passed = (solve_head(soft, soft, memory=memory) for memory in (None, NO_MEMORY))

    np.testing.assert_allclose(
        passed.probabilities(train.features), held.probabilities(train.features), atol=5e-4
    )


def test_photos_that_are_all_alike_get_the_shares_of_the_classes():
    points = np.full((10, 4), 7.1, np.float32)
    targets = np.eye(3, dtype=np.float32)[[0] * 7 + [1] * 3]
    train = HeadProblem(features=points, targets=targets, weights=np.ones(10, np.float32))

    head = solve_head(train, train, memory=NO_MEMORY)

    np.testing.assert_allclose(head.probabilities(points)[0], [0.7, 0.3, 0], atol=1e-3)
    np.testing.assert_array_equal(head.kernel, 0)


def test_the_same_photos_give_the_same_head_to_the_last_digit():
    train = problem(1500, 6, 3)

    one, other = (solve_head(train, train, memory=NO_MEMORY) for _ in range(2))

    np.testing.assert_array_equal(one.kernel, other.kernel)
    assert one.searched == other.searched


def test_a_budget_decides_only_whether_photos_are_held():
    train = problem(1500, 6, 3)

    one, other = (solve_head(train, train, memory=memory) for memory in (1, 10_000))

    np.testing.assert_array_equal(one.kernel, other.kernel)


def test_memory_does_not_grow_with_the_features():
    train = problem(20_000, 100, 3)
    few = problem(100, 100, 3)

    tracemalloc.start()
    solve_head(train, few, strengths=(0.1,), memory=NO_MEMORY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 0.5 * train.features.nbytes


def passed(train: HeadProblem) -> PassedPhotos:
    scaling = FeatureScaling.of(train.features)
    return PassedPhotos.of(train.features, train.targets, train.weights, scaling=scaling)


def random_head(photos: PassedPhotos, seed: int) -> Kernel:
    rng = np.random.default_rng(seed)
    kernel = 0.1 * rng.normal(size=photos.origin().coefficients.shape)
    return photos.point(kernel.astype(np.float32), rng.normal(size=3).astype(np.float32))


def test_the_slope_is_the_change_of_the_value():
    photos = passed(problem(300, 4, 3))
    point, direction = random_head(photos, 0), random_head(photos, 1)

    downhill = photos.model(point, 0.1).downhill()

    before, after = (photos.model(point.plus(s, direction), 0.1).value for s in (-0.01, 0.01))
    slope = -direction.dot(downhill.coefficients, downhill.bias)
    assert slope == pytest.approx((after - before) / 0.02, rel=1e-2)


def test_the_curvature_is_the_change_of_the_slope():
    photos = passed(problem(300, 4, 3))
    point, direction = random_head(photos, 0), random_head(photos, 1)

    coefficients, bias = photos.model(point, 0.1).curve(direction)

    before, after = (
        photos.model(point.plus(size, direction), 0.1).downhill() for size in (-0.01, 0.01)
    )
    np.testing.assert_allclose(
        coefficients, (before.coefficients - after.coefficients) / 0.02, atol=2e-3
    )
    np.testing.assert_allclose(bias, (before.bias - after.bias) / 0.02, atol=2e-3)


def test_a_model_and_each_use_of_its_curvature_read_the_photos_once():
    photos = passed(problem(300, 4, 3))
    read = CountedRows(photos.features)
    counted = PassedPhotos(
        features=read,
        scaling=photos.scaling,
        targets=photos.targets,
        weights=photos.weights,
    )
    point = random_head(counted, 0)

    model = counted.model(point, 0.1)
    model.downhill()
    model.curve(point)
    model.curve(point)

    assert read.passes == 3


class CountedRows:
    """Rows of one block that count how often they are read."""

    def __init__(self, features: np.ndarray) -> None:
        self.features = features
        self.shape = features.shape
        self.passes = 0

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, rows: slice) -> np.ndarray:
        self.passes += 1
        return self.features[rows]
