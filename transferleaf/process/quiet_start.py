"""Import TensorFlow without the lines that its C++ code writes to the terminal."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from transferleaf.process.hidden_packages import hidden_packages
from transferleaf.process.interrupts import loading_modules

# Keras imports these packages if they are installed, which takes longer than importing Keras. They
# are for plots, data frames and scikit-learn wrappers, which no command uses.
_NOT_NEEDED = ("matplotlib", "pandas", "sklearn")


def start_tensorflow_quietly() -> None:
    """Import TensorFlow and list its devices. Its output is shown only if it fails.

    For commands. At every start, the C++ code writes lines about processor features and missing
    GPUs directly to the file descriptor.
    """
    if "tensorflow" in sys.modules:
        return
    with told_meanwhile("Loading TensorFlow ..."), stderr_held_back(), loading_modules():
        with hidden_packages(*_NOT_NEEDED), collector_paused():
            import tensorflow as tf

            # Modules stay until the end, so later collections do not have to search them.
            gc.freeze()
        tf.config.list_physical_devices()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector, which takes a quarter of the time of large imports.

    They create a million objects and almost no garbage.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def told_meanwhile(text: str) -> Iterator[None]:
    """Show a line on the terminal while the block runs, to explain a wait of seconds.

    Args:
        text: The line. It is erased at the end. It is not written if stderr is not a terminal.
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
    """Show stderr of the block, including that of C++ code, only if the block fails.

    It works on the file descriptor, so it applies to the whole process. With
    ``TF_CPP_MIN_LOG_LEVEL=0``, nothing is held back.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        yield
        return
    _flush()
    try:
        terminal = os.dup(2)
    except OSError:  # there is no stderr
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
