"""A way for our exceptions to leave a TensorFlow pipeline unchanged."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from transferleaf.errors import TransferLeafError

# TensorFlow passes only a text out of a pipeline, and changes it. The text contains a number, and
# the exception is stored here under this number. Prefetching may store a few that are never raised.
_recorded: deque[tuple[str, TransferLeafError]] = deque(maxlen=256)
_numbers = itertools.count(1)


def record(error: TransferLeafError) -> str:
    """Store an error for ``photo_errors``, and return the text for TensorFlow."""
    mark = f"[photo error {next(_numbers)}]"
    _recorded.append((mark, error))
    return f"{error} {mark}"


@contextmanager
def recorded() -> Iterator[None]:
    """Store an error of the block for ``photo_errors``, as TensorFlow only passes its text."""
    try:
        yield
    except TransferLeafError as error:
        _recorded.append((str(error), error))
        raise


@contextmanager
def photo_errors() -> Iterator[None]:
    """Raise the original error in place of a TensorFlow error, without TensorFlow's traceback.

    Use it around code that reads photos of ``to_tf_dataset``, such as a loop or ``fit``.

    Raises:
        PhotoError: A photo could not be read inside the block.
        TransferLeafError: Another recorded error, such as invalid pixel values.
    """
    import tensorflow as tf

    try:
        yield
    except tf.errors.OpError as error:
        found = _recorded_in(str(error.message))
        if found is None:
            raise
        raise found from None


def _recorded_in(message: str) -> TransferLeafError | None:
    # A copy, because threads that read ahead may add errors.
    return next((error for mark, error in _recorded.copy() if mark in message), None)
