"""Notes before a run: scenes that cannot be composed, and those that should be."""

from __future__ import annotations

import pytest

from transferleaf.runs.grounds_note import grounds_note
from transferleaf.scenes.plain_grounds import PlainGrounds


def test_scenes_of_photos_without_plain_grounds_are_few():
    assert grounds_note("field", PlainGrounds(6, 60)) == (
        "A leaf on a plain background is found in 10% of 60 training photos; the others keep their "
        "background."
    )


@pytest.mark.parametrize("augment", ["none", "leaf"])
def test_a_laboratory_says_nothing_of_a_field(augment):
    assert grounds_note(augment, PlainGrounds(57, 60)) == (
        "95% of the training photos show a leaf on a plain background: the accuracy in a field is "
        "unknown. --augment field, with --freeze IV --head-region leaf, prepares for other "
        "backgrounds."
    )


@pytest.mark.parametrize(
    ("augment", "grounds"),
    [
        ("field", PlainGrounds(57, 60)),
        ("leaf", PlainGrounds(20, 60)),
        ("none", PlainGrounds(20, 20)),
        ("field", PlainGrounds(0, 0)),
    ],
    ids=["scenes of a laboratory", "a field", "few photos", "nothing to look at"],
)
def test_otherwise_there_is_nothing_to_say(augment, grounds):
    assert grounds_note(augment, grounds) is None
