from __future__ import annotations

import numpy as np
import pytest

from transferleaf.freezing.feature_groups import FeatureGroup
from transferleaf.head.rows import BLOCK, blocks
from transferleaf.head.scaling import FLOOR, LIMIT, SECOND_ORDER_WEIGHT, FeatureScaling
from transferleaf.head.solver import HeadProblem, solve_head

FEATURES = np.random.default_rng(0).normal(5, 3, size=(BLOCK + 7, 9)).astype(np.float32)
GROUPS = (FeatureGroup(0, "average", 3), FeatureGroup(0, "second-order", 3))


def totals(scaled):
    return [part.var(axis=0).sum() for part in np.split(scaled, [3], axis=1)]


def test_without_groups_each_feature_is_standardised_by_itself():
    scaling = FeatureScaling.of(FEATURES)

    np.testing.assert_allclose(scaling.mean, FEATURES.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(scaling.scale, FEATURES.std(axis=0), rtol=1e-5)


def test_groups_of_averages_have_the_same_total_variance():
    groups = (FeatureGroup(0, "average", 3), FeatureGroup(1, "average", 6))

    narrow, wide = totals(FeatureScaling.of(FEATURES, groups).apply(FEATURES))

    assert wide / narrow == pytest.approx(1, rel=1e-3)


def test_with_covariances_the_variance_of_a_group_grows_with_the_root_of_its_width():
    groups = (FeatureGroup(0, "second-order", 2), FeatureGroup(1, "second-order", 3))

    narrow, wide = totals(FeatureScaling.of(FEATURES, groups).apply(FEATURES))

    assert wide / narrow == pytest.approx(2**0.5, rel=1e-3)


def test_second_order_features_have_the_greater_weight():
    average, second_order = totals(FeatureScaling.of(FEATURES, GROUPS).apply(FEATURES))

    assert second_order / average == pytest.approx(SECOND_ORDER_WEIGHT**2 * 2**0.5, rel=1e-3)


@pytest.mark.parametrize("kind", ["average", "second-order"])
def test_features_of_all_groups_together_have_variance_one(kind):
    groups = (FeatureGroup(0, "average", 3), FeatureGroup(1, kind, {"average": 6}.get(kind, 3)))

    scaled = FeatureScaling.of(FEATURES, groups).apply(FEATURES)

    assert scaled.var(axis=0).mean() == pytest.approx(1, rel=1e-3)


def test_a_standard_deviation_has_a_floor_relative_to_its_group():
    features = FEATURES.copy()
    features[:, 4] = 1.0
    features[0, 4] = 1.0004  # one photo differs
    median = np.median(np.delete(features[:, 3:].std(axis=0), 1))

    scaling = FeatureScaling.of(features, GROUPS)

    others = scaling.scale[[3, 5, 6, 7, 8]] / features[:, [3, 5, 6, 7, 8]].std(axis=0)
    assert scaling.scale[4] / others[0] == pytest.approx(FLOOR * median, rel=0.1)


def test_a_group_of_constant_features_stays_finite():
    features = FEATURES.copy()
    features[:, :3] = 2.0

    scaled = FeatureScaling.of(features, GROUPS).apply(features)

    assert not scaled[:, :3].any()
    assert np.isfinite(scaled).all()


def test_no_feature_is_farther_from_its_mean_than_the_limit():
    scaling = FeatureScaling.of(FEATURES, GROUPS)
    usual = scaling.apply(FEATURES).std(axis=0)

    far = scaling.apply(FEATURES[:1] + 1e6)[0]

    np.testing.assert_allclose(far / usual, LIMIT, rtol=1e-3)


def test_blocks_are_scaled_as_the_whole_is():
    scaling = FeatureScaling.of(FEATURES, GROUPS)

    whole = FEATURES.astype(np.float32)
    scaling.apply_in_place(whole)

    parts = [scaling.apply(FEATURES[block]) for block in blocks(FEATURES)]
    np.testing.assert_array_equal(whole, np.concatenate(parts))
    assert whole.dtype == np.float32


def test_a_nearly_constant_feature_does_not_decide_a_prediction():
    """A training photo has the value 0.0004, a test photo 20, without limits 19,000 deviations."""
    rng = np.random.default_rng(0)
    labels = np.arange(48) % 2
    features = rng.normal(size=(48, 9)).astype(np.float32)
    features[:, 0] += 3 * labels
    features[:, 8] = 0.0
    features[1, 8] = 0.0004  # a photo of class 1
    targets = np.eye(2, dtype=np.float32)[labels]
    photos = HeadProblem(features=features, targets=targets, weights=np.ones(48, np.float32))
    strange = features[:1].copy()  # of class 0
    strange[0, 8] = 20.0

    head = solve_head(photos, photos, groups=GROUPS)

    assert head.probabilities(strange)[0].argmax() == 0
