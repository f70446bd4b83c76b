"""Ctrl-C that arrives: what swallows it gets it again, and nothing of it is printed.

Python raises ``KeyboardInterrupt`` wherever it is, and in some places nobody is told: in callbacks
of weak references and in ``__del__`` it is printed and forgotten, a C++ library that has called
Python makes an error of its own of it, and careless modules catch it while they load.
"""

from __future__ import annotations

import _thread
import gc
import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

INTERRUPTED = 130
"""The exit code that shells expect after Ctrl-C."""

# Looking through all objects takes a while; in this many reminders it is done once.
_LOOKED_THROUGH = 5
# Longer than the way of an exception to whoever handles it, far shorter than people's patience.
_REMIND_SECONDS = 0.4
# For finalizers and threads, which have a photo each in their hands at most.
_END_SECONDS = 1.5


class Interrupted(KeyboardInterrupt):
    """A Ctrl-C of which it can be told whether somebody still holds it (a built-in cannot)."""


class _Keeper:
    """Raises interrupts, and raises them again once nobody holds the last one any more.

    An exception that is on its way, or being handled, is held; so cleaning up is not disturbed,
    however long it takes. A second Ctrl-C of the user's is raised in any case.
    """

    def __init__(self) -> None:
        self.asked = False
        self.over = False
        self._reminding = False
        self._reminders = 0
        self._last: Callable[[], Interrupted | None] = lambda: None

    def handle(self, number: int, frame: FrameType | None) -> None:
        reminded, self._reminding = self._reminding, False
        if reminded and self._is_held():
            return
        if not self.asked:
            self.asked = True
            # Not threading.Thread: its locks may be held by what was interrupted just now.
            _thread.start_new_thread(self._watch, ())
        # Not by a name of this frame's, which the traceback keeps: it would hold itself.
        raise self._made()

    def _made(self) -> Interrupted:
        error = Interrupted()
        self._last = weakref.ref(error)
        return error

    def _is_held(self) -> bool:
        self._reminders += 1
        if self._last() is not None and self._reminders % _LOOKED_THROUGH == 0:
            gc.collect()  # frames and exceptions may hold each other when both are forgotten
        return self._last() is not None

    def _watch(self) -> None:
        time.sleep(_REMIND_SECONDS)
        while not self.over:
            self._reminding = True
            _send_to_main_thread()
            time.sleep(_REMIND_SECONDS)


_keepers: list[_Keeper] = []


def interrupted() -> bool:
    """Whether Ctrl-C was pressed inside the ``interrupts_kept`` that is running."""
    return any(keeper.asked for keeper in _keepers)


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Let no interrupt of the block be lost; outside the main thread, leave all as it is.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed, whatever the block made of it, unless it ended
            with an exit code.
    """
    if _keepers or not _interruptible():
        yield
        return
    keeper = _Keeper()
    _keepers.append(keeper)
    try:
        with _handled_by(keeper.handle), _unseen():
            yield
    except (Exception, KeyboardInterrupt) as error:
        if keeper.asked:
            raise KeyboardInterrupt from error
        raise
    finally:
        keeper.over = True
        _keepers.remove(keeper)
    if keeper.asked:
        raise KeyboardInterrupt


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Let an interrupt wait for the end of the block, which should be short.

    For C++ that calls Python: it makes an error of its own of an exception.
    """
    if not _interruptible():
        yield
        return
    waiting = []
    try:
        with _handled_by(lambda *_: waiting.append(True)):
            yield
    finally:
        if waiting:
            signal.raise_signal(signal.SIGINT)


def own_the_process() -> None:
    """Let an interrupt end the process on the spot, from now on, wherever nothing else is said.

    For a program's first lines: some modules catch an interrupt while they load, some are torn by
    it, and nothing is there yet that would be lost.
    """
    if _interruptible():
        with suppress(OSError):  # of its own: what goes to 2 is held back while TensorFlow loads
            _terminal.append(os.dup(2))
        signal.signal(signal.SIGINT, _end)


@contextmanager
def loading_modules() -> Iterator[None]:
    """Let an interrupt end the process on the spot where ``own_the_process`` was called."""
    if not _terminal or not _interruptible():
        yield
        return
    with _handled_by(_end):
        yield


_terminal: list[int] = []


def _end(number: int, frame: FrameType | None) -> None:
    with suppress(OSError, IndexError):
        os.write(_terminal[-1], b"Stopped.\n")
    os._exit(INTERRUPTED)


def end_soon() -> None:
    """End the process within two seconds, even if its threads would keep it."""

    def watch() -> None:
        time.sleep(_END_SECONDS)
        os._exit(INTERRUPTED)

    if _interruptible():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    _thread.start_new_thread(watch, ())


def _interruptible() -> bool:
    # Of a job in the background that ignores Ctrl-C, the handler is no function.
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and callable(signal.getsignal(signal.SIGINT))


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    earlier = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, earlier)


@contextmanager
def _unseen() -> Iterator[None]:
    """Print no traceback of an interrupt that nobody can be told of; it comes again."""
    shown = sys.unraisablehook

    def show(found: Any) -> None:
        if not issubclass(found.exc_type, Interrupted):
            shown(found)

    sys.unraisablehook = show
    try:
        yield
    finally:
        sys.unraisablehook = shown


def _send_to_main_thread() -> None:
    # A signal wakes a thread that waits for a lock; where there are none, a flag has to do.
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()
