from __future__ import annotations

from pathlib import Path

from transferleaf.training.resume import ResumeFolder
from transferleaf.training.resume_hint import resume_hint, without_resume_hint

FOLDER = ResumeFolder(path=Path("state"), settings={})


def test_a_fit_goes_on_with_the_same_call():
    assert resume_hint(FOLDER) == (
        "The same call, with resume='state', continues after the last complete epoch."
    )


def test_a_fit_that_keeps_no_epochs_says_how_they_are_kept():
    assert resume_hint(None) == (
        "The outputs of frozen stages are stored and are not computed again. "
        'To keep epochs too, pass a folder: fit(..., resume="runs/leaves").'
    )


def test_a_program_around_it_says_it_in_its_own_words():
    with without_resume_hint():
        assert resume_hint(FOLDER) is None

    assert resume_hint(FOLDER) is not None
