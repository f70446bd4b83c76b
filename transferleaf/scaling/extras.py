"""The packages that only the extra ``ray`` installs, imported when they are needed."""

from __future__ import annotations

import importlib
from typing import Any

from transferleaf.errors import MissingExtraError


def need_for_bulk(on: str | None) -> None:
    """Ask for all that work on very many photos needs, before any of it begins.

    Args:
        on: Where the work is done; ``None``: on this machine.

    Raises:
        MissingExtraError: A package is not installed.
    """
    need("pyarrow", package="pyarrow", why="writing Parquet")
    if on is not None:
        need("ray", package="ray", why=f"on={on!r}")


def need(module: str, *, package: str, why: str) -> Any:
    """Import a module of the extra ``ray``.

    Args:
        module: Its name, such as ``"pyarrow.parquet"``.
        package: The package that holds it.
        why: What needs it, as the beginning of a sentence.

    Raises:
        MissingExtraError: The package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # Of the package itself only: what is broken inside it must be seen as what it is.
        if (error.name or "").split(".")[0] != module.split(".")[0]:
            raise
        raise MissingExtraError(package, extra="ray", why=why) from None
