"""The message that tells how to resume an interrupted fit, and a way to turn it off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from transferleaf.training.resume import ResumeFolder

_HINT_BY_CALLER = ContextVar("_HINT_BY_CALLER", default=False)


@contextmanager
def without_resume_hint() -> Iterator[None]:
    """Suppress the message inside the block, for programs that resume in another way."""
    token = _HINT_BY_CALLER.set(True)
    try:
        yield
    finally:
        _HINT_BY_CALLER.reset(token)


def resume_hint(resume: ResumeFolder | None) -> str | None:
    """Return the message, or ``None`` if it is suppressed."""
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
