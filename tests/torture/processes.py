"""Commands in separate processes that are interrupted, killed, or get a full disk.

A process is a fork of this one, in which the modules are imported and no network has run. It starts
within milliseconds, while Python and TensorFlow would take seconds.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

HANG_SECONDS = 300.0
# Audit events of Python for writing, creating, renaming and removing files.
_OPERATIONS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of a command.

    Attributes:
        code: The exit code, negative for a signal; ``None`` if it hung.
        told: The output.
        seconds: The running time.
        after: Seconds from the interrupt to the end; ``None`` without an interrupt.
    """

    code: int | None
    told: str
    seconds: float
    after: float | None = None

    @property
    def raw(self) -> bool:
        """Whether an internal error was shown."""
        return "Traceback (most recent call last)" in self.told


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A disturbance of a command at one of its file operations.

    Attributes:
        folder: Only operations on paths below it count.
        at: The number of the operation, starting with 1.
        kind: Kill the process; report a full disk from there on; or only count.
        writes_only: Whether only operations count that need space on the disk.
    """

    folder: Path
    at: int
    kind: Literal["kill", "full disk", "count"]
    writes_only: bool = False

    def install(self, counter: Path) -> None:
        """Watch this process from now on. This cannot be undone."""
        prefix, done = str(self.folder), [0]

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            if event not in _OPERATIONS or not str(_path(arguments[0])).startswith(prefix):
                return
            if event == "open" and not _writes(arguments):
                return
            if self.writes_only and event not in ("open", "os.mkdir"):
                return
            done[0] += 1
            if self.kind == "kill" and done[0] == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.kind == "full disk" and done[0] >= self.at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))

        sys.addaudithook(watch)
        if self.kind == "count":
            _at_end.append(lambda: counter.write_text(str(done[0])))


_at_end: list[Callable[[], object]] = []


def run(
    words: Sequence[str],
    *,
    interrupt_after: float | None = None,
    kill_after: float | None = None,
    trouble: Trouble | None = None,
    beside: Callable[[], object] | None = None,
) -> Ended:
    """Run a command of transferleaf in a fork of this process.

    Args:
        words: The arguments after ``transferleaf``.
        interrupt_after: Seconds until Ctrl-C.
        kill_after: Seconds until the process is killed.
        trouble: A disturbance at a file operation.
        beside: Called repeatedly while it runs.
    """
    with tempfile.TemporaryFile() as said:
        begun = time.monotonic()
        child = os.fork()
        if child == 0:
            _be_the_command(words, said.fileno(), trouble)
        pressed: float | None = None
        code: int | None = None
        while code is None and time.monotonic() - begun < HANG_SECONDS:
            time.sleep(0.02)
            if beside is not None:
                beside()
            now = time.monotonic() - begun
            with suppress(ProcessLookupError):
                if interrupt_after is not None and pressed is None and now >= interrupt_after:
                    os.kill(child, signal.SIGINT)
                    pressed = now
                if kill_after is not None and now >= kill_after:
                    os.kill(child, signal.SIGKILL)
            gone, status = os.waitpid(child, os.WNOHANG)
            code = os.waitstatus_to_exitcode(status) if gone else None
        if code is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        seconds = time.monotonic() - begun
        said.seek(0)
        told = said.read().decode(errors="replace")
    return Ended(
        code=code,
        told=told,
        seconds=seconds,
        after=None if pressed is None else seconds - pressed,
    )


def operations(
    words: Sequence[str], folder: Path, *, writes_only: bool = False
) -> tuple[int, Ended]:
    """Count the file operations of a command below ``folder``."""
    with tempfile.TemporaryDirectory() as place:
        counter = Path(place, "count")
        trouble = Trouble(folder=folder, at=0, kind="count", writes_only=writes_only)
        _counters.append(counter)
        try:
            ended = run(words, trouble=trouble)
        finally:
            _counters.pop()
        return int(counter.read_text()) if counter.exists() else 0, ended


_counters: list[Path] = []


def _be_the_command(words: Sequence[str], output: int, trouble: Trouble | None) -> None:
    """Run the command line in this process, which is the fork, and end it."""
    code = 70
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.stdout, sys.stderr = (
            os.fdopen(number, "w", encoding="utf-8", errors="replace", closefd=False)
            for number in (1, 2)
        )
        sys.argv = ["transferleaf", *words]
        if trouble is not None:
            trouble.install(_counters[-1] if _counters else Path(os.devnull))
        from transferleaf.__main__ import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        for act in _at_end:
            act()
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _path(value: Any) -> Any:
    return os.fsdecode(value) if isinstance(value, (str, bytes, os.PathLike)) else value


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    if isinstance(mode, str):
        return bool(set(mode) & set("wax+"))
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
