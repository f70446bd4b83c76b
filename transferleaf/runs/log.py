"""The log of a run: lines for the person in front of it, kept with the time in a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from transferleaf.strangers_text import visible


@dataclass(frozen=True, slots=True)
class RunLog:
    """Says things, and writes them down.

    Attributes:
        path: The file; a resumed run adds to it.
        say_aloud: Shows a line to the person.
    """

    path: Path
    say_aloud: Callable[[str], None]

    def say(self, text: str) -> None:
        """Show a text and write it down."""
        self.say_aloud(text)
        self.note(text)

    def note(self, text: str) -> None:
        """Write a text down; what else prints it has shown it already."""
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {visible(text)}\n")
