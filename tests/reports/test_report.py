from __future__ import annotations

import json

import pytest

from tests.reports.made import full_report, made_report
from transferleaf.errors import ReportFileError
from transferleaf.reports.report import Report


@pytest.mark.parametrize("report", [made_report(), full_report()], ids=["least", "most"])
def test_a_saved_report_is_loaded_as_it_was(report, tmp_path):
    report.save(tmp_path / "report.json")

    assert Report.load(tmp_path / "report.json") == report


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "cannot be opened (No such file or directory)"),
        ("photos", "is not JSON"),
        ("[]", "has no format 1"),
        ('{"format": 1}', "lacks or misspells 'training'"),
    ],
)
def test_a_file_that_is_no_report_is_refused_in_words(content, found, tmp_path):
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ReportFileError) as caught:
        Report.load(path)

    assert str(caught.value) == (
        f"{str(path)!r} {found}; name a file that Report.save wrote, or make the report anew."
    )


def test_pictures_that_are_not_in_base64_are_refused(tmp_path):
    values = full_report().to_dict()
    values["sets"][0]["mistakes"][0]["thumbnail"] = "not base64!"
    path = tmp_path / "report.json"
    path.write_text(json.dumps(values))

    with pytest.raises(ReportFileError, match="lacks or misspells"):
        Report.load(path)
