"""A classifier that may be no better than guessing is reported."""

from __future__ import annotations

import pytest

from tests.reports.made import CLASSES, made_report, made_set
from transferleaf.commands.results.figures import notes
from transferleaf.reports.html import page
from transferleaf.reports.metrics import Interval
from transferleaf.reports.per_class import per_class

# Three of four photos show the first class.
THREE_OF_FOUR = per_class([[3, 0], [1, 0]], CLASSES)


@pytest.mark.parametrize(
    ("accuracy", "counts", "expected"),
    [
        pytest.param(Interval(0.75, 0.5, 0.9), THREE_OF_FOUR, True, id="as good"),
        pytest.param(Interval(0.85, 0.75, 0.9), THREE_OF_FOUR, True, id="at the border"),
        pytest.param(Interval(0.85, 0.76, 0.9), THREE_OF_FOUR, False, id="better"),
        pytest.param(Interval(0.2, 0.1, 0.3), THREE_OF_FOUR, True, id="worse"),
        pytest.param(
            Interval(1.0, 1.0, 1.0), per_class([[4, 0], [0, 0]], CLASSES), False, id="one class"
        ),
    ],
)
def test_accuracy_is_compared_with_the_share_of_the_commonest_class(accuracy, counts, expected):
    judged = made_set(accuracy=accuracy, per_class=counts)

    assert judged.no_better_than_guessing is expected


def test_card_page_and_terminal_report_it():
    judged = made_set(per_class=THREE_OF_FOUR)
    report = made_report(judged)

    assert (
        "- **On the lab set, the classifier may be no better than guessing: always predicting "
        "`Bean___healthy` is correct for 75.0% of the photos.**" in report.to_markdown()
    )
    assert "The classifier may be no better than guessing" in page(report)
    assert (
        "lab: the classifier may be no better than guessing; always predicting Bean___healthy is "
        "correct for 75.0% of the photos." in list(notes([judged], {}))
    )
