"""Reliable handling of Ctrl-C.

Python raises ``KeyboardInterrupt`` at any point, and in some places it gets lost: in callbacks of
weak references and in ``__del__`` it is only printed, C++ libraries that call Python convert it to
their own errors, and some modules catch it while they load. The functions here raise it again.
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

# Searching all objects is slow, so the garbage collector runs only at every fifth reminder.
_LOOKED_THROUGH = 5
# Longer than an exception needs to reach its handler, but short for the user.
_REMIND_SECONDS = 0.4
# Enough for finalizers and threads, which process at most one photo each.
_END_SECONDS = 1.5


class Interrupted(KeyboardInterrupt):
    """A ``KeyboardInterrupt`` that supports weak references, so that a lost one can be detected."""


class _Keeper:
    """Raises interrupts, and raises them again if the last one was lost.

    An exception is not lost while it propagates or is being handled, so long cleanups are not
    disturbed. A second Ctrl-C of the user is always raised.
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
            # threading.Thread could block, because the interrupted code may hold its locks.
            _thread.start_new_thread(self._watch, ())
        # Assigned to no local variable: the traceback keeps the frame, so it would keep the
        # exception.
        raise self._made()

    def _made(self) -> Interrupted:
        error = Interrupted()
        self._last = weakref.ref(error)
        return error

    def _is_held(self) -> bool:
        self._reminders += 1
        if self._last() is not None and self._reminders % _LOOKED_THROUGH == 0:
            gc.collect()  # frames and exceptions may refer to each other in a cycle
        return self._last() is not None

    def _watch(self) -> None:
        time.sleep(_REMIND_SECONDS)
        while not self.over:
            self._reminding = True
            _send_to_main_thread()
            time.sleep(_REMIND_SECONDS)


_keepers: list[_Keeper] = []


def interrupted() -> bool:
    """Return whether Ctrl-C was pressed inside the current ``interrupts_kept``."""
    return any(keeper.asked for keeper in _keepers)


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Raise every interrupt of the block, at its end at the latest. Only for the main thread.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed, even if the block caught it, unless it ended
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
    """Defer an interrupt to the end of the block, which should be short.

    For C++ code that calls Python and would convert the exception to its own error.
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
    """Make an interrupt end the process at once, unless another handler is active.

    For the first lines of a program: some modules catch an interrupt while they load or are left
    half loaded, and there is nothing to lose yet.
    """
    if _interruptible():
        with suppress(OSError):  # a copy, because descriptor 2 is captured while TensorFlow loads
            _terminal.append(os.dup(2))
        signal.signal(signal.SIGINT, _end)


@contextmanager
def loading_modules() -> Iterator[None]:
    """Make an interrupt end the process at once, if ``own_the_process`` was called."""
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
    """End the process within two seconds, even if threads are still running."""

    def watch() -> None:
        time.sleep(_END_SECONDS)
        os._exit(INTERRUPTED)

    if _interruptible():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    _thread.start_new_thread(watch, ())


def _interruptible() -> bool:
    # In a background job that ignores Ctrl-C, the handler is not a function.
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
    """Suppress the traceback of an interrupt that Python cannot raise. It is raised again later."""
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
    # A signal wakes a thread that waits for a lock. Windows has no pthread_kill.
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()
