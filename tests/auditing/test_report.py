from __future__ import annotations

import pytest

from transferleaf.auditing.report import as_text
from transferleaf.datasets import Audit, Finding


def finding(**changes) -> Finding:
    facts = {
        "check": "odd",
        "title": "2 photos are odd",
        "severity": "note",
        "count": 2,
        "photos": ("a/1.jpg", "a/2.jpg"),
        "advice": "Look at them.",
        "sure": "measured",
    }
    return Finding(**{**facts, **changes})


def audit(*findings: Finding, **changes) -> Audit:
    facts = {
        "origin": "photos[old]; leaf ids: unknown (2)",
        "fingerprint": "0" * 64,
        "photos": 2,
        "leaves": 0,
        "class_counts": {"a": 2, "b": 0},
        "part_counts": {},
        "not_run": {},
    }
    return Audit(findings=findings, **{**facts, **changes})


def lines(*findings: Finding, width: int = 80, **changes) -> list[str]:
    return as_text(audit(*findings, **changes), width=width).splitlines()


def test_a_sound_data_set_has_a_short_report():
    text = lines(
        passed=("broken files", "copies"), not_run={"x": "no parts", "y": "no parts", "z": "why"}
    )

    assert text == [
        "2 photos, 2 classes, 0 known leaves",
        "photos[old]; leaf ids: unknown (2)",
        "",
        "Nothing found of: broken files, copies.",
        "Not looked for: x, y: no parts.",
        "Not looked for: z: why.",
        "0 errors, 0 warnings, 0 notes",
    ]


def test_parts_are_in_the_headline():
    assert lines(leaves=1, part_counts={"train": 1_500, "test": 1})[0] == (
        "2 photos, 2 classes, 1 known leaf, 1,500 in train, 1 in test"
    )


def test_a_finding_says_what_which_what_to_do_and_how_sure():
    text = lines(finding(severity="error", notes={"a/1.jpg": "it is empty."}))

    assert text[3:8] == [
        "error  2 photos are odd",
        "       a/1.jpg (it is empty)",
        "       a/2.jpg",
        "       Look at them. [measured]",
        "",
    ]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "a/1.jpg and 1 more"),
        ({"severity": "warning"}, "a/1.jpg"),
        (
            {"photos": (), "notes": {"a/notes.txt": "is not a photo"}},
            "a/notes.txt (is not a photo)",
        ),
        (
            {"photos": (), "classes": ("c", "d", "e"), "notes": {"c": "rare"}},
            "c (rare), d and 1 more class",
        ),
        ({"classes": ("c", "d"), "notes": {"a/1.jpg": "like d"}}, "a/1.jpg (like d) and 1 more"),
        ({"groups": (("a/1", "a/2", "a/3"), ("b/1", "b/2"))}, "a/1 = a/2 and 1 more group"),
        ({"photos": ("a/\n[red].jpg",)}, r"'a/\n[red].jpg'"),
        ({"photos": ()}, "Look at them. [measured]"),
    ],
)
def test_the_first_few_are_shown(changes, shown):
    assert lines(finding(**changes))[4].strip() == shown


def test_a_name_is_never_cut():
    name = "Corn_(maize)___Common_rust_/" + "0123456789" * 4 + ".jpg"
    note = "looks like another class than its label says"

    shown = lines(finding(photos=(name,), notes={name: note}))

    assert [line.strip() for line in shown if name in line] == [name]


def test_a_name_wider_than_the_terminal_continues_on_the_next_line():
    name = "0123456789" * 12 + ".jpg"

    shown = lines(finding(photos=(name,)))

    assert name in "".join(line.strip() for line in shown)


@pytest.mark.parametrize("width", [30, 80, 120])
def test_no_line_is_wider_than_the_terminal(width):
    long = finding(photos=("x" * 200, "y"), notes={"x" * 200: "z" * 40}, advice="word " * 40)

    assert max(map(len, lines(long, width=width))) <= width
