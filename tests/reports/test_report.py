from __future__ import annotations

import json

import pytest

from tests.reports.html.examples import two_classes
from tests.reports.made import full_report, made_report
from transferleaf.errors import ReportFileError
from transferleaf.reports.report import Report


@pytest.mark.parametrize("report", [made_report(), full_report()], ids=["least", "most"])
def test_a_saved_report_is_loaded_as_it_was(report, tmp_path):
    report.save(tmp_path / "report.json")

    assert Report.load(tmp_path / "report.json") == report


def test_intervals_per_class_are_saved_and_a_report_from_before_them_is_loaded(tmp_path):
    report = two_classes()
    values = report.to_dict()
    report.save(tmp_path / "new.json")
    for entry in values["sets"][0]["per_class"]:
        del entry["precision_interval"], entry["recall_interval"], entry["f1_interval"]
    (tmp_path / "old.json").write_text(json.dumps(values))

    new, old = (
        Report.load(tmp_path / name).sets[0].per_class[0] for name in ("new.json", "old.json")
    )

    assert new == report.sets[0].per_class[0]
    assert (old.f1, old.f1_interval) == (new.f1, None)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "cannot be opened (No such file or directory)"),
        ("photos", "is not JSON"),
        ("[]", "has no format 1"),
        ('{"format": 1}', "has a missing or invalid key: 'training'"),
    ],
)
def test_another_file_is_refused_with_a_message(content, found, tmp_path):
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ReportFileError) as caught:
        Report.load(path)

    assert str(caught.value) == (
        f"{str(path)!r} {found}; name a file that Report.save wrote, or create a report."
    )


def test_pictures_that_are_not_in_base64_are_refused(tmp_path):
    values = full_report().to_dict()
    values["sets"][0]["mistakes"][0]["thumbnail"] = "not base64!"
    path = tmp_path / "report.json"
    path.write_text(json.dumps(values))

    with pytest.raises(ReportFileError, match="has a missing or invalid key:"):
        Report.load(path)
