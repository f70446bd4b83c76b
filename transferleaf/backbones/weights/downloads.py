"""Downloads that fail within seconds, which could otherwise wait forever."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic, TypeVar, cast
from urllib.parse import urlsplit

T = TypeVar("T")

_SILENCE_SECONDS = 10.0  # without data from the server, before a download fails


class _Setting(Generic[T]):
    """A setting of the process with another value while any thread is inside a block."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._before: T | None = None

    @contextmanager
    def set_to(
        self, value: T, *, read: Callable[[], T], write: Callable[[T], None]
    ) -> Iterator[None]:
        with self._lock:
            if not self._inside:
                self._before = read()
                write(value)
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    write(cast("T", self._before))


_TIMEOUT: _Setting[float | None] = _Setting()
_OFFLINE: _Setting[bool] = _Setting()


@contextmanager
def impatient_sockets() -> Iterator[None]:
    """Set a timeout of ten seconds for sockets that are opened inside the block."""
    with _TIMEOUT.set_to(
        _SILENCE_SECONDS, read=socket.getdefaulttimeout, write=socket.setdefaulttimeout
    ):
        yield


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

    with _OFFLINE.set_to(
        True,
        read=lambda: bool(constants.HF_HUB_OFFLINE),
        write=lambda value: setattr(constants, "HF_HUB_OFFLINE", value),
    ):
        yield
