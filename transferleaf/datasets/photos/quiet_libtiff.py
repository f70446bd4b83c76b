"""libtiff's lines kept off the terminal: what matters of them is told as a ``PhotoError``."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import PIL

# Where Pillow's wheels keep the libraries that they bring: on Linux, and on macOS.
_FOLDERS = ("../pillow.libs", ".dylibs")

# Module, format and what goes into it: a va_list, which arrives as one pointer where it is no
# pointer itself.
_Handler = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


@cache
def drop_lines_of_libtiff(where: Callable[[], bool]) -> Any:
    """Drop what libtiff would print about damaged files, where that is wanted.

    It goes to stderr from C, hundreds of lines for one file, whatever Python's filters say. Once a
    process is enough. Where the library is not found, lines go on as before.

    Args:
        where: Is asked in the thread that reads the file; what others read is told as before.

    Returns:
        What has to be kept as long as files are read.
    """
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
    """The library that Pillow reads TIFF files with, ``None`` where it cannot be found."""
    package = Path(PIL.__file__).parent
    brought = (found for folder in _FOLDERS for found in (package / folder).glob("libtiff*"))
    name = next(map(str, brought), None) or ctypes.util.find_library("tiff")
    try:
        library = None if name is None else ctypes.CDLL(name)
    except OSError:
        return None
    return library if hasattr(library, "TIFFSetErrorHandler") else None
