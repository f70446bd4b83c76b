from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest

from tests.advice.made import a_position, some_advice, some_evidence, some_layers
from transferleaf.advice import advice as module
from transferleaf.advice.advice import Advice
from transferleaf.errors import AdviceFileError
from transferleaf.freezing import FreezePolicy
from transferleaf.quadrant import Quadrant


@pytest.fixture
def decided(monkeypatch):
    """Decides for a position of choice."""

    def decide(**where) -> Advice:
        monkeypatch.setattr(module, "position_of", lambda evidence: a_position(**where))
        return Advice.from_evidence(some_evidence(), some_layers(), training_photos=400)

    return decide


def test_evidence_leads_to_a_quadrant_and_a_policy(decided):
    advice = decided(similarity=0.1, size=0.9)

    assert advice.quadrant is Quadrant.II
    assert advice.policy == FreezePolicy.for_quadrant("II")
    assert advice.cost.epochs == 30
    assert advice.cost.trained_stages == 3
    assert len(advice.reasons) == 6


def test_near_a_border_the_advice_names_both_quadrants(decided):
    advice = decided(similarity=0.55, size=0.9)

    assert (advice.quadrant, advice.neighbours) == (Quadrant.I, (Quadrant.II,))


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
        (b'{"format": 1}', "lacks or misspells 'evidence'"),
        (
            json.dumps({**some_advice().to_dict(), "policy": []}).encode("ascii"),
            "lacks or misspells 'list' object has no attribute 'get'",
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
