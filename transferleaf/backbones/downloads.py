"""Downloads that give up: on a network that swallows packets they would wait for ever."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

_SILENCE_SECONDS = 10.0  # without a byte from the server, before a download counts as failed


@contextmanager
def impatient_sockets() -> Iterator[None]:
    """Let sockets that are opened inside fail where a server is silent for ten seconds."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_SILENCE_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
