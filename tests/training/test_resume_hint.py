from __future__ import annotations

from pathlib import Path

from transferleaf.training.resume import ResumeFolder
from transferleaf.training.resume_hint import resume_hint, without_resume_hint

FOLDER = ResumeFolder(path=Path("state"), settings={})


def test_a_fit_resumes_with_the_same_call():
    assert resume_hint(FOLDER) == (
        "The same call, with resume='state', continues after the last complete epoch."
    )


def test_a_fit_without_resume_says_how_to_save_epochs():
    assert resume_hint(None) == (
        "The outputs of frozen stages are stored and are not computed again. "
        'To keep epochs too, pass a folder: fit(..., resume="runs/leaves").'
    )


def test_a_program_can_suppress_the_hint():
    with without_resume_hint():
        assert resume_hint(FOLDER) is None

    assert resume_hint(FOLDER) is not None
