"""The terminal, to which nothing but our own styles gives orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.text import Text

from transferleaf.strangers_text import visible


class Terminal(Console):
    """A console on which characters that a terminal would obey are spelt out, wherever from."""

    def render(self, renderable: RenderableType, options: Any = None) -> Iterable[Segment]:
        """Turn anything that can be printed into pieces of text; called by rich for all of it."""
        for piece in super().render(renderable, options):
            # Control pieces are rich's own, such as those that move a progress bar.
            if piece.control or piece.text.isprintable():
                yield piece
            else:
                yield Segment(visible(piece.text), piece.style)


def from_strangers(text: str) -> Text:
    """Return text that is not ours as something to print: no styles, nothing that does anything.

    A ``Terminal`` sees to the last by itself; but a table has to know before how wide it will be.
    """
    return Text(visible(text))
