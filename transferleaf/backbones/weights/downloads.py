"""Downloads that fail within seconds, which could otherwise wait forever."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

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


def finds_hugging_face() -> bool:
    """Return whether the server of Hugging Face has an address, which needs a connection."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        socket.getaddrinfo(urlsplit(constants.ENDPOINT).hostname, 443)
    except OSError:
        return False
    return True


@contextmanager
def offline_hugging_face() -> Iterator[None]:
    """Let the client of Hugging Face use only its cache inside the block, and not retry."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
