"""Lazy imports of the packages of the extra ``ray``."""

from __future__ import annotations

import importlib
from typing import Any

from transferleaf.errors import MissingExtraError


def need_for_bulk(on: str | None) -> None:
    """Check that all packages for large data sets are installed, before any work.

    Args:
        on: Where to run. ``None``: on this machine.

    Raises:
        MissingExtraError: A package is not installed.
    """
    need("pyarrow", package="pyarrow", why="writing Parquet")
    if on is not None:
        need("ray", package="ray", why=f"on={on!r}")


def need(module: str, *, package: str, why: str) -> Any:
    """Import a module of the extra ``ray``.

    Args:
        module: Name of the module, such as ``"pyarrow.parquet"``.
        package: Name of its package.
        why: What needs it, as the beginning of a sentence.

    Raises:
        MissingExtraError: The package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # Only for the package itself. Errors inside of it are raised unchanged.
        if (error.name or "").split(".")[0] != module.split(".")[0]:
            raise
        raise MissingExtraError(package, extra="ray", why=why) from None
