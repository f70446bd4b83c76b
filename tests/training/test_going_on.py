from __future__ import annotations

from pathlib import Path

from transferleaf.training.going_on import how_to_go_on, said_by_caller
from transferleaf.training.resume import ResumeFolder

FOLDER = ResumeFolder(path=Path("state"), settings={})


def test_a_fit_goes_on_with_the_same_call():
    assert how_to_go_on(FOLDER) == (
        "The same call, with resume='state', continues after the last complete epoch."
    )


def test_a_fit_that_keeps_no_epochs_says_how_they_are_kept():
    assert how_to_go_on(None) == (
        "The outputs of frozen stages are stored and are not computed again. "
        'To keep epochs too, pass a folder: fit(..., resume="runs/leaves").'
    )


def test_a_program_around_it_says_it_in_its_own_words():
    with said_by_caller():
        assert how_to_go_on(FOLDER) is None

    assert how_to_go_on(FOLDER) is not None
