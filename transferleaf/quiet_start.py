"""TensorFlow kept off the terminal: what its C++ writes before any setting can stop it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from transferleaf.hidden_packages import hidden_packages
from transferleaf.interrupts import loading_modules

# Keras imports these where they are installed, which takes longer than all of its own modules. It
# needs them for plots, data frames and scikit-learn wrappers, none of which a command asks it for.
_NOT_NEEDED = ("matplotlib", "pandas", "sklearn")


def start_tensorflow_quietly() -> None:
    """Import TensorFlow and let it look for devices; what it says is shown only if it fails.

    For commands, which own their terminal. The lines come from C++ and go to the file descriptor
    itself, about processor features and absent GPUs, at every start.
    """
    if "tensorflow" in sys.modules:
        return
    with told_meanwhile("Loading TensorFlow ..."), stderr_held_back(), loading_modules():
        with hidden_packages(*_NOT_NEEDED):
            import tensorflow as tf

        tf.config.list_physical_devices()


@contextmanager
def told_meanwhile(text: str) -> Iterator[None]:
    """Show a line on the terminal while the block runs, so that a wait of seconds is explained.

    Args:
        text: The line. It is erased at the end, and not written where stderr is no terminal.
    """
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    sys.stderr.write(text)
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write(f"\r{' ' * len(text)}\r")
        sys.stderr.flush()


@contextmanager
def stderr_held_back() -> Iterator[None]:
    """Show what the block writes to stderr only if the block fails, C++ included.

    It works on the file descriptor, so it counts for the whole process. Where
    ``TF_CPP_MIN_LOG_LEVEL`` is ``0``, somebody wants to see the lines, and nothing is held back.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        yield
        return
    _flush()
    try:
        terminal = os.dup(2)
    except OSError:  # there is no stderr, so nothing is seen anyway
        yield
        return
    try:
        with tempfile.TemporaryFile() as said:
            os.dup2(said.fileno(), 2)
            try:
                yield
            except BaseException:
                _flush()
                said.seek(0)
                with os.fdopen(os.dup(terminal), "wb") as shown:
                    shutil.copyfileobj(said, shown)
                raise
            finally:
                _flush()
                os.dup2(terminal, 2)
    finally:
        os.close(terminal)


def _flush() -> None:
    if sys.stderr is not None:  # as in programs without a terminal on Windows
        sys.stderr.flush()
