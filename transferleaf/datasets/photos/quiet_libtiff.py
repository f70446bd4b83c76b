"""Suppression of the lines that libtiff prints about damaged files."""

from __future__ import annotations

import ctypes
import ctypes.util
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import PIL

# Locations of bundled libraries in Pillow's wheels for Linux and macOS.
_FOLDERS = ("../pillow.libs", ".dylibs")

# Module, format and arguments: a va_list, which is passed as one pointer if it is not a pointer
# itself.
_Handler = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


_lock = threading.Lock()


def drop_lines_of_libtiff(where: Callable[[], bool]) -> None:
    """Suppress the lines that libtiff prints about damaged files.

    libtiff writes them directly to stderr, hundreds per file, independent of Python's warning
    filters. One call per process is enough, and more calls change nothing. If the library is not
    found, the lines are not suppressed.

    Args:
        where: Called in the thread that reads the file. Returns whether to suppress its lines.
    """
    # Photos are read in threads. Without the lock, two of them could install a handler each. Only
    # one is kept in the cache, and libtiff would call the other one after it is freed.
    with _lock:
        _installed(where)


@cache
def _installed(where: Callable[[], bool]) -> Any:
    """Install a handler that calls the earlier one if ``where`` is false, and keep it forever."""
    library = _libtiff()
    if library is None:
        return None
    replace = library.TIFFSetErrorHandler
    replace.argtypes, replace.restype = [ctypes.c_void_p], ctypes.c_void_p
    before = replace(None)

    def handle(module: Any, text: Any, values: Any) -> None:
        if before and not where():
            _Handler(before)(module, text, values)

    handler = _Handler(handle)
    replace(ctypes.cast(handler, ctypes.c_void_p))
    return handler


def _libtiff() -> Any:
    """Return the libtiff that Pillow uses, or ``None`` if it is not found."""
    package = Path(PIL.__file__).parent
    brought = (found for folder in _FOLDERS for found in (package / folder).glob("libtiff*"))
    name = next(map(str, brought), None) or ctypes.util.find_library("tiff")
    try:
        library = None if name is None else ctypes.CDLL(name)
    except OSError:
        return None
    return library if hasattr(library, "TIFFSetErrorHandler") else None
