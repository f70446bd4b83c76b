"""The log of a run: lines that are printed and written to a file with the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from transferleaf.text.strangers_text import visible


@dataclass(frozen=True, slots=True)
class RunLog:
    """Prints lines and writes them to a file.

    Attributes:
        path: The file. A resumed run appends to it.
        say_aloud: Prints a line.
    """

    path: Path
    say_aloud: Callable[[str], None]

    def say(self, text: str) -> None:
        """Print a text, and write it to the file."""
        self.say_aloud(text)
        self.note(text)

    def note(self, text: str) -> None:
        """Write a text to the file without printing it."""
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {visible(text)}\n")
