"""How an interrupted fit goes on: it says so itself, or leaves that to the program around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from transferleaf.training.resume import ResumeFolder

_HINT_BY_CALLER = ContextVar("_HINT_BY_CALLER", default=False)


@contextmanager
def without_resume_hint() -> Iterator[None]:
    """Let a fit within keep silent about it: a program is not gone on with by calling ``fit``."""
    token = _HINT_BY_CALLER.set(True)
    try:
        yield
    finally:
        _HINT_BY_CALLER.reset(token)


def resume_hint(resume: ResumeFolder | None) -> str | None:
    """Say how to go on; ``None`` where the caller does."""
    if _HINT_BY_CALLER.get():
        return None
    if resume is None:
        return (
            "The outputs of frozen stages are stored and are not computed again. "
            'To keep epochs too, pass a folder: fit(..., resume="runs/leaves").'
        )
    return (
        f"The same call, with resume={str(resume.path)!r}, continues after the last complete epoch."
    )
