"""A check for processes that were forked after TensorFlow ran, in which TensorFlow would hang."""

from __future__ import annotations

import os

from transferleaf.errors import ForkedProcessError

_worked_in: list[int] = []


def about_to_work() -> None:
    """Call before TensorFlow runs a network.

    The threads that TensorFlow then starts do not exist in a forked process, which would wait for
    them forever.

    Raises:
        ForkedProcessError: A network ran in the parent process before the fork.
    """
    here = os.getpid()
    if not _worked_in:
        _worked_in.append(here)
    if _worked_in[0] != here:
        raise ForkedProcessError(_worked_in[0])
