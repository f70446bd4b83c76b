"""Hide installed packages from imports, for libraries that work without them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden_packages(*names: str) -> Iterator[None]:
    """Make imports of packages fail inside the block.

    Packages that are already imported stay visible.

    Args:
        names: Top-level packages.

    >>> with hidden_packages("turtledemo"):
    ...     import turtledemo
    Traceback (most recent call last):
    ModuleNotFoundError: import of turtledemo halted; None in sys.modules
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None makes imports fail
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
