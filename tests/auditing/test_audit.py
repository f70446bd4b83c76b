from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from tests.auditing.made import broken, dataset, seen
from transferleaf.auditing.running import run_checks
from transferleaf.datasets import Audit
from transferleaf.errors import AuditFileError

TWIN = seen()


@pytest.fixture
def found() -> Audit:
    facts = [TWIN, TWIN, broken("it is empty."), *(seen() for _ in range(17))]
    return run_checks(dataset("a" * 10 + "b" * 10), facts)


def test_an_audit_survives_its_file(found, tmp_path):
    found.save(tmp_path / "audit.json")

    assert Audit.load(tmp_path / "audit.json") == found


def test_the_file_is_json_that_names_all_photos(found, tmp_path):
    found.save(tmp_path / "audit.json")

    values = json.loads((tmp_path / "audit.json").read_text())
    assert (values["format"], values["photos"]) == (1, 20)
    assert values["findings"][0]["photos"] == ["a/2.jpg"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be opened (No such file or directory)"),
        (b"\xff\xd8", "is not JSON"),
        (b"[]", "has no format 1"),
        (b'{"format": 2}', "has no format 1"),
        (b'{"format": 1}', "has a missing or invalid key: 'origin'"),
    ],
)
def test_another_file_is_refused(content, says, tmp_path):
    path = tmp_path / "audit.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(AuditFileError) as caught:
        Audit.load(path)

    assert str(caught.value) == (
        f"{str(path)!r} {says}; name a file that Audit.save wrote, or audit the photos again."
    )


def test_findings_are_had_by_severity(found):
    assert [each.check for each in found.of_severity("error")] == ["broken-files"]


def test_text_and_rich_say_the_same(found):
    console = Console(width=80, file=io.StringIO(), highlight=False)

    console.print(found)

    printed = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert "\n".join(printed) == str(found)
