"""A console that escapes control characters, except those of our own styles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.text import Text

from transferleaf.text.strangers_text import visible


class Terminal(Console):
    """A console that escapes all control characters in printed text."""

    def render(self, renderable: RenderableType, options: Any = None) -> Iterable[Segment]:
        """Convert a renderable to segments. Called by rich for all output."""
        for piece in super().render(renderable, options):
            # Control segments come only from rich, for example to move a progress bar.
            if piece.control or piece.text.isprintable():
                yield piece
            else:
                yield Segment(visible(piece.text), piece.style)


def from_strangers(text: str) -> Text:
    """Return outside text as a renderable without styles and control characters.

    A ``Terminal`` also escapes control characters, but a table needs the final width in advance.
    """
    return Text(visible(text))
