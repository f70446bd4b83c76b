"""Processes that were forked from one in which TensorFlow has worked: they would wait for ever."""

from __future__ import annotations

import os

from transferleaf.errors import ForkedProcessError

_worked_in: list[int] = []


def about_to_work() -> None:
    """Call before TensorFlow runs a network.

    Its threads are there from then on, and a fork copies none of them: in the child, whatever they
    would have done is never done.

    Raises:
        ForkedProcessError: A network has run in the process that this one was forked from.
    """
    here = os.getpid()
    if not _worked_in:
        _worked_in.append(here)
    if _worked_in[0] != here:
        raise ForkedProcessError(_worked_in[0])
