"""Modules that the reference has shown under this package and that lie elsewhere now.

They import as before, and say where they went. They go in version 0.4.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from transferleaf.deprecation import warn_renamed

PACKAGE = "transferleaf.datasets"

MOVED = {
    "auditing": "transferleaf.auditing",
    "auditing.cleaning": "transferleaf.auditing.cleaning",
    "auditing.evidence": "transferleaf.auditing.evidence",
    "facts": "transferleaf.auditing.facts",
    "facts.photo_facts": "transferleaf.auditing.facts.photo_facts",
    "leaks": "transferleaf.datasets.parts.leaks",
}
"""Where each module went, by its name below this package."""


class MovedModule(ModuleType):
    """Stands where a module was; what is asked of it comes from where the module is."""

    def __init__(self, name: str, home: str) -> None:
        super().__init__(name, f"Now ``{home}``.")
        self.__path__: list[str] = []
        self._home = home

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system asks of every module
            raise AttributeError(name)
        value = getattr(import_module(self._home), name)
        warn_renamed(self.__name__, self._home)
        return value


def keep_importable() -> None:
    """Let the old names be imported."""
    for name, home in MOVED.items():
        old = f"{PACKAGE}.{name}"
        sys.modules[old] = MovedModule(old, home)
