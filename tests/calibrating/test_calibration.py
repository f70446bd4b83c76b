"""A calibration is a plain value with a description of its result."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from transferleaf.calibrating.calibration import Calibration

FOUND = Calibration(
    temperature=1.5,
    precision=0.95,
    threshold=0.7,
    coverage=0.8,
    accuracy=0.975,
    farthest=2.0,
    photos=1200,
)
NOTHING = replace(FOUND, threshold=None, coverage=0.0, accuracy=None, farthest=None, photos=12)


def test_a_calibration_survives_json():
    assert Calibration.from_dict(json.loads(json.dumps(FOUND.to_dict()))) == FOUND


def test_it_says_what_was_found():
    assert str(FOUND) == (
        "Answers with a probability of at least 0.700 are sure: on 1,200 validation photos, 80.0% "
        "of the answers are sure and 97.5% of these are correct (target: 95.0%). Photos farther "
        "than 2.000 from every class are unknown. Temperature: 1.500."
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"photos_needed": 300},
            "All answers are uncalibrated: on 12 validation photos, no threshold is shown to give "
            "at least 95.0% correct answers. About 300 photos would be enough: also pass "
            "training_data, add photos, or use a lower precision.",
        ),
        (
            {"photos_needed": 300, "folds": 4},
            "All answers are uncalibrated: in cross-validation on 12 photos, no threshold is shown "
            "to give at least 95.0% correct answers. About 300 photos would be enough: add photos, "
            "or use a lower precision.",
        ),
        (
            {},
            "All answers are uncalibrated: on 12 validation photos, no threshold is shown to give "
            "at least 95.0% correct answers. More photos alone would not help; use a lower "
            "precision.",
        ),
    ],
    ids=["of validation photos", "out of fold", "not by more photos"],
)
def test_it_says_how_many_photos_are_enough(changes, told):
    assert replace(NOTHING, **changes).outcome == told


def test_a_file_of_an_earlier_version_can_be_read():
    values = FOUND.to_dict()
    del values["folds"], values["photos_needed"]

    assert Calibration.from_dict(values) == FOUND
