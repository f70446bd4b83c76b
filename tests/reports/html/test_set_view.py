from __future__ import annotations

from tests.reports.html import examples
from transferleaf.reports.coverage import CoveragePoint
from transferleaf.reports.html.set_view import read_off, set_view, worst_first
from transferleaf.reports.per_class import per_class


def test_the_hardest_class_stands_first_and_one_without_photos_last():
    classes = per_class([[1, 1, 0], [0, 0, 0], [0, 0, 3]], ["rust", "absent", "scab"])

    assert [entry.name for entry in worst_first(classes)] == ["rust", "scab", "absent"]


def test_a_class_that_is_never_recognised_is_the_hardest():
    classes = per_class([[2, 1], [3, 0]], ["rust", "missed"])

    assert worst_first(classes)[0].name == "missed"


def test_a_coverage_curve_is_read_off_at_the_nearest_points_each_once():
    points = [
        CoveragePoint(threshold=0.9, coverage=0.2, accuracy=1.0),
        CoveragePoint(threshold=0.6, coverage=0.88, accuracy=0.9),
        CoveragePoint(threshold=0.5, coverage=1.0, accuracy=0.8),
    ]

    assert [point.coverage for point in read_off(points)] == [1.0, 0.88, 0.2]


def test_a_calibrated_model_shows_both_curves():
    report = examples.a_set("test", examples.TWO, [[8, 2], [1, 9]], temperature=1.5)

    chart = set_view(report, number=1).reliability_chart

    assert "before scaling" in chart
    assert "after scaling" in chart


def test_an_uncalibrated_model_shows_one():
    report = examples.a_set("test", examples.TWO, [[8, 2], [1, 9]])

    chart = set_view(report, number=1).reliability_chart

    assert "measured" in chart
    assert "scaling" not in chart
