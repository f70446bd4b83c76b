"""Getting an error of ours out of a TensorFlow pipeline unchanged."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from transferleaf.errors import TransferLeafError

# TensorFlow carries nothing but text out of a pipeline, and changes that too. The text gets a
# number, under which the error itself waits here. Prefetching may record a few that nobody meets.
_recorded: deque[tuple[str, TransferLeafError]] = deque(maxlen=256)
_numbers = itertools.count(1)


def record(error: TransferLeafError) -> str:
    """Keep an error for ``photo_errors`` and give the text that stands for it in TensorFlow."""
    mark = f"[photo error {next(_numbers)}]"
    _recorded.append((mark, error))
    return f"{error} {mark}"


@contextmanager
def recorded() -> Iterator[None]:
    """Keep an error of ours that passes, for ``photo_errors``: TensorFlow carries its text only."""
    try:
        yield
    except TransferLeafError as error:
        _recorded.append((str(error), error))
        raise


@contextmanager
def photo_errors() -> Iterator[None]:
    """Raise the error behind a TensorFlow error, without TensorFlow's own traceback.

    Put it around what reads photos of ``to_tf_dataset``, such as a loop over them or ``fit``.

    Raises:
        PhotoError: A photo could not be read inside the block.
        TransferLeafError: Something else was recorded there, such as pixels that are no pixels.
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
    # A copy: threads that read ahead may record more meanwhile.
    return next((error for mark, error in _recorded.copy() if mark in message), None)
