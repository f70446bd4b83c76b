from __future__ import annotations

import json

import pytest

from transferleaf.datasets import Finding
from transferleaf.errors import ConfigError

FACTS = {
    "check": "odd",
    "title": "2 photos are odd",
    "severity": "note",
    "count": 2,
    "advice": "Look.",
    "sure": "measured",
}


def test_a_finding_survives_json():
    finding = Finding(
        **FACTS,
        photos=("a/1.jpg", "b/\udcff.jpg"),
        groups=(("a/1.jpg", "b/\udcff.jpg"),),
        classes=("a",),
        notes={"a/1.jpg": "odd"},
        figures={"share": 0.5, "name": "a"},
    )

    assert Finding.from_dict(json.loads(json.dumps(finding.to_dict()))) == finding


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"severity": "bad"},
            "severity='bad' must be one of ['error', 'warning', 'note'].",
        ),
        ({"count": 0}, "count=0 must be at least 1: what is not there is no finding."),
    ],
)
def test_a_finding_cannot_be_wrong(changes, message):
    with pytest.raises(ConfigError) as caught:
        Finding(**{**FACTS, **changes})

    assert str(caught.value) == message
