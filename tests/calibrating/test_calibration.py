"""A calibration is a plain value that says in words what it found."""

from __future__ import annotations

import json
from dataclasses import replace

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
        "Temperature 1.500. Answers are sure from a probability of 0.700: 80.0% of 1,200 "
        "validation photos, 97.5% of them right (wished: 0.95). Photos farther than 2.000 from "
        "every class are no leaves it knows."
    )


def test_it_says_what_could_not_be_found():
    assert str(NOTHING) == (
        "Temperature 1.500. No threshold could be shown to reach a precision of 0.95 on 12 "
        "validation photos, so no answer is sure; wish for less, or calibrate on more photos. "
        "There are too few validation photos to tell photos of unknown leaves."
    )
