"""Suppression of Pillow's warnings and libtiff's lines. Problems raise a ``PhotoError``."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from transferleaf.datasets.photos.quiet_libtiff import drop_lines_of_libtiff


class _Reading(threading.local):
    """A pattern that matches all warnings of threads that read a photo, and no others.

    ``warnings.catch_warnings`` is not thread-safe: it replaces the filters of all threads, and two
    threads that leave it in the wrong order can leave wrong filters to the user.
    """

    depth = 0

    def match(self, text: str) -> bool:  # the interface of a compiled pattern
        return self.depth > 0


_reading = _Reading()


def _is_reading() -> bool:
    return _reading.depth > 0


# Action, message, category, module, line, in the format of warnings.filterwarnings.
_FILTER: Any = ("ignore", _reading, Warning, None, 0)


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore the warnings of this thread and of libtiff in it. Other threads are not affected.

    >>> with quiet():
    ...     warnings.warn("Corrupt EXIF data", UserWarning)
    """
    # Set again in each call, because leaving catch_warnings removes the filter.
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
