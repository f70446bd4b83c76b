from __future__ import annotations

import numpy as np
import pytest

from transferleaf.reports.coverage import CoveragePoint, coverage_curve, coverage_of


def test_the_surest_photos_come_first():
    curve = coverage_curve([0.6, 0.9], [False, True])

    assert curve == (
        CoveragePoint(threshold=0.9, coverage=0.5, accuracy=1.0),
        CoveragePoint(threshold=0.6, coverage=1.0, accuracy=0.5),
    )


def test_equally_sure_photos_are_answered_together():
    curve = coverage_curve([0.8, 0.8, 0.8], [1, 0, 0])

    assert curve == (CoveragePoint(threshold=0.8, coverage=1.0, accuracy=pytest.approx(1 / 3)),)


def test_many_photos_give_few_points_and_the_last_answers_all():
    rng = np.random.default_rng(0)

    curve = coverage_curve(rng.random(5000), rng.random(5000) < 0.5)

    assert len(curve) == 100
    assert curve[-1].coverage == 1.0


def test_every_point_agrees_with_its_threshold():
    rng = np.random.default_rng(0)
    confidence, right = rng.random(300), rng.random(300) < 0.5

    curve = coverage_curve(confidence, right)

    again = [coverage_of(point.threshold, confidence >= point.threshold, right) for point in curve]
    assert [point.coverage for point in curve] == [point.coverage for point in again]
    assert [point.accuracy for point in curve] == pytest.approx([p.accuracy for p in again])


def test_a_threshold_that_nothing_reaches_has_no_accuracy():
    assert coverage_of(0.95, [False], [1]) == CoveragePoint(
        threshold=0.95, coverage=0.0, accuracy=None
    )
