"""Old import paths of modules that have moved out of this package.

They work until version 0.4 and warn.
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
"""The new location of each module, by its old name in this package."""


class MovedModule(ModuleType):
    """A module at its old location, which forwards to the new one."""

    def __init__(self, name: str, home: str) -> None:
        super().__init__(name, f"Now ``{home}``.")
        self.__path__: list[str] = []
        self._home = home

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # used by the import system
            raise AttributeError(name)
        value = getattr(import_module(self._home), name)
        warn_renamed(self.__name__, self._home)
        return value


def keep_importable() -> None:
    """Make the old module names importable."""
    for name, home in MOVED.items():
        old = f"{PACKAGE}.{name}"
        sys.modules[old] = MovedModule(old, home)
