"""A timeout for downloads, which could otherwise wait forever."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

_SILENCE_SECONDS = 10.0  # without data from the server, before a download fails


@contextmanager
def impatient_sockets() -> Iterator[None]:
    """Set a timeout of ten seconds for sockets that are opened inside the block."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_SILENCE_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
