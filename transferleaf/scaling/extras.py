"""The packages that only the extra ``ray`` installs, imported when they are needed."""

from __future__ import annotations

import importlib
from typing import Any

from transferleaf.errors import MissingExtraError


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
