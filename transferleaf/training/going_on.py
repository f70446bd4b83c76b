"""How an interrupted fit goes on: it says so itself, or leaves that to the program around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from transferleaf.training.resume import ResumeFolder

_SAID_BY_CALLER = ContextVar("_SAID_BY_CALLER", default=False)


@contextmanager
def said_by_caller() -> Iterator[None]:
    """Let a fit within keep silent about it: a program is not gone on with by calling ``fit``."""
    token = _SAID_BY_CALLER.set(True)
    try:
        yield
    finally:
        _SAID_BY_CALLER.reset(token)


def how_to_go_on(resume: ResumeFolder | None) -> str | None:
    """Say how to go on; ``None`` where the caller does."""
    if _SAID_BY_CALLER.get():
        return None
    if resume is None:
        return (
            "The outputs of frozen stages are stored and are not computed again. "
            'To keep epochs too, pass a folder: fit(..., resume="runs/leaves").'
        )
    return (
        f"The same call, with resume={str(resume.path)!r}, continues after the last complete epoch."
    )
