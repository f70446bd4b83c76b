"""Deprecated names, which still work and warn."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib import import_module
from typing import Any

_REMOVED_IN = "0.4"


def warn_renamed(old: str, new: str, *, stacklevel: int = 2) -> None:
    """Warn that a name is deprecated.

    Args:
        old: The deprecated name, starting with ``transferleaf``.
        new: The replacement.
        stacklevel: As for ``warnings.warn``, counted from the caller of this function.
    """
    warnings.warn(
        f"{old} is now {new}; the old name will be removed in transferleaf {_REMOVED_IN}",
        DeprecationWarning,
        stacklevel=stacklevel + 1,
    )


def renamed(module: str, name: str, replacements: Mapping[str, str]) -> Any:
    """Look up a deprecated name of a module. For the ``__getattr__`` of that module.

    Args:
        module: The module that has the deprecated name.
        name: The requested name.
        replacements: The replacement of each deprecated name, as ``package.module.name``.

    Raises:
        AttributeError: ``name`` is not among the deprecated names.
    """
    if name not in replacements:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    new = replacements[name]
    home, _, replacement = new.rpartition(".")
    warn_renamed(f"{module}.{name}", new, stacklevel=3)
    return getattr(import_module(home), replacement)
