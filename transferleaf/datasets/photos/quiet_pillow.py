"""Pillow's warnings, and libtiff's lines, kept from people: what matters is a ``PhotoError``."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from transferleaf.datasets.photos.quiet_libtiff import drop_lines_of_libtiff


class _Reading(threading.local):
    """Stands for a pattern that fits every warning of a thread that reads a photo, and no other.

    ``warnings.catch_warnings`` would do for one thread alone: it swaps the filters of all of them,
    and two threads that leave it in the wrong order leave the user with the filters of a third.
    """

    depth = 0

    def match(self, text: str) -> bool:  # what warnings asks of a compiled pattern
        return self.depth > 0


_reading = _Reading()


def _is_reading() -> bool:
    return _reading.depth > 0


# Action, message, category, module, line: as warnings.filterwarnings lays them down.
_FILTER: Any = ("ignore", _reading, Warning, None, 0)


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore the warnings of this thread and of libtiff in it; those of others go their way.

    >>> with quiet():
    ...     warnings.warn("Corrupt EXIF data", UserWarning)
    """
    # Again each time: whoever left catch_warnings meanwhile took the filter along.
    if not warnings.filters or warnings.filters[0] is not _FILTER:
        filters: Any = warnings.filters
        # Who sets filters again and again would pile ours up behind them.
        with suppress(ValueError):
            filters.remove(_FILTER)
        filters.insert(0, _FILTER)
    drop_lines_of_libtiff(_is_reading)
    _reading.depth += 1
    try:
        yield
    finally:
        _reading.depth -= 1
