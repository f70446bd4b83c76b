"""Accuracy on other backgrounds, in every form of a report."""

from __future__ import annotations

from tests.reports.made import made_report, made_set
from transferleaf.commands.results.figures import figures_table, notes
from transferleaf.reports.background_swap import BackgroundSwap
from transferleaf.reports.metrics import Interval
from transferleaf.reports.report import Report

SWAP = BackgroundSwap(
    looked_at=40, photos=36, accuracy=Interval(0.97, 0.9, 1.0), swapped=Interval(0.61, 0.5, 0.7)
)
REPORT = made_report(made_set(swap=SWAP), made_set(name="field"))


def test_a_report_is_saved_and_loaded_with_it(tmp_path):
    REPORT.save(tmp_path / "report.json")

    assert Report.load(tmp_path / "report.json").sets[0].swap == SWAP


def test_a_report_of_an_earlier_version_has_none():
    values = REPORT.to_dict()
    for entry in values["sets"]:
        del entry["swap"]

    assert [entry.swap for entry in Report.from_dict(values).sets] == [None, None]


def test_the_card_has_a_row_of_it():
    lines = REPORT.to_markdown().splitlines()

    assert "| Accuracy on other backgrounds | 61.0% (50.0% to 70.0%) | not measured |" in lines
    assert "other backgrounds" not in made_report().to_markdown()


def test_the_page_says_that_the_accuracy_in_a_field_is_unknown(tmp_path):
    REPORT.save_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")

    assert page.count("Other backgrounds</h3>") == 1
    assert "found in 36 of 40 photos" in page
    assert "the accuracy in a field is unknown" in page


def test_the_table_and_the_notes_of_the_command_have_it():
    rows = list(figures_table(REPORT.sets).columns[0].cells)

    assert "accuracy on other backgrounds" in rows
    told = [note for note in notes(REPORT.sets, {}) if "grounds" in note or "foliage" in note]
    assert told == [
        "lab: on 36 photos of leaves on a plain background, the accuracy is 97.0% (90.0% to 100%); "
        "with the same leaves on drawn soil, grass and foliage, it is 61.0% (50.0% to 70.0%)."
    ]


def test_a_set_with_few_plain_grounds_is_not_called_a_laboratory():
    few = BackgroundSwap(looked_at=100, photos=30, accuracy=SWAP.accuracy, swapped=SWAP.swapped)

    assert SWAP.mostly_plain
    assert not few.mostly_plain
