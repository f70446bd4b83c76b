from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest

from tests.advice.made import some_advice, some_evidence, some_layers
from transferleaf.advice.advice import Advice
from transferleaf.errors import AdviceFileError
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import Quadrant


def test_evidence_leads_to_expectations_and_a_policy():
    advice = Advice.from_evidence(some_evidence(), some_layers(), training_photos=400)

    assert [each.name for each in advice.expected] == [
        "IV",
        "IV, augmented",
        "III",
        "I",
        "I, augmented",
        "II",
    ]
    assert advice.recommended in advice.expected
    assert advice.policy == FreezePolicy.for_quadrant(advice.recommended.quadrant)
    assert len(advice.reasons) == 4


def test_a_time_limit_is_kept_and_remembered():
    layers = some_layers(multiply_adds=2_000_000)

    advice = Advice.from_evidence(some_evidence(), layers, training_photos=400, time_limit=1.0)

    assert (advice.recommended.name, advice.time_limit) == ("IV", 1.0)


def test_without_augmentation_no_views_are_recommended():
    advice = Advice.from_evidence(
        some_evidence(), some_layers(), training_photos=400, augmented=False
    )

    assert not advice.recommended.augmented


def test_an_advice_of_an_earlier_version_is_read():
    values = some_advice().to_dict()
    for name in ("expected", "recommended", "time_limit"):
        del values[name]
    values["cost"] = {**values["cost"], "trained_stages": 2, "epochs": 5}

    advice = Advice.from_dict({**values, "neighbours": ["IV"]})

    assert (advice.expected, advice.recommended) == ((), None)
    assert advice.cost == some_advice().cost
    assert advice.policy == some_advice().policy
    assert str(advice).startswith("toy at 96 px\nmeasured")


def test_json_brings_back_an_equal_advice():
    advice = some_advice(similarity=0.45)

    assert Advice.from_dict(json.loads(advice.to_json())) == advice


def test_what_was_saved_is_loaded(tmp_path):
    advice = some_advice()

    advice.save(tmp_path / "advice.json")

    assert Advice.load(tmp_path / "advice.json") == advice


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xff", "is not JSON"),
        (b"[]", "has no format 1"),
        (b'{"format": 2}', "has no format 1"),
        (b'{"format": 1}', "has a missing or invalid key: 'evidence'"),
        (
            json.dumps({**some_advice().to_dict(), "policy": []}).encode("ascii"),
            "has a missing or invalid key: 'list' object has no attribute 'get'",
        ),
    ],
)
def test_a_file_that_is_no_advice_is_named(tmp_path, content, found):
    path = tmp_path / "advice.json"
    path.write_bytes(content)

    with pytest.raises(AdviceFileError) as caught:
        Advice.load(path)

    assert str(caught.value) == (
        f"{str(path)!r} {found}; name a file that Advice.save wrote, or run the advice again."
    )


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(AdviceFileError, match=r"cannot be opened \(No such file or directory\)"):
        Advice.load(tmp_path / "advice.json")


def test_an_advice_is_a_value():
    with pytest.raises(dataclasses.FrozenInstanceError):
        some_advice().quadrant = Quadrant.I


def test_reading_and_printing_an_advice_needs_no_tensorflow(tmp_path):
    some_advice().save(tmp_path / "advice.json")
    code = (
        "import sys, transferleaf as tl\n"
        f"print(tl.Advice.load({str(tmp_path / 'advice.json')!r}))\n"
        "print({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.splitlines()[-1] == "set()"
