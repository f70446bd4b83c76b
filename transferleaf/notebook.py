"""What a notebook makes of a value: the table of the terminal as HTML, or a pandas table."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from transferleaf.errors import MissingExtraError

# Enough for the widest table; HTML scrolls where a cell is narrower.
_WIDTH = 100

# Colours of the page, not of a terminal: a notebook may be dark.
_FORMAT = (
    '<pre style="white-space:pre;overflow-x:auto;line-height:1.25;'
    "font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace\">{code}</pre>"
)


def html_of(*renderables: Any) -> str:
    """Lay out what rich can print as HTML.

    Args:
        *renderables: Tables, texts and the like, one below the other.

    >>> "Bean" in html_of("Bean")
    True
    """
    from transferleaf.terminal import Terminal

    console = Terminal(record=True, width=_WIDTH, file=io.StringIO(), highlight=False)
    for each in renderables:
        console.print(each)
    return console.export_html(code_format=_FORMAT, inline_styles=True)


def data_frame(rows: Sequence[Mapping[str, Any]], *, index: str | None = None) -> Any:
    """Return rows as a ``pandas.DataFrame``.

    Args:
        rows: A mapping for each row.
        index: The column that names the rows; they are numbered where ``None``.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtraError("pandas", extra="notebook", why="A table of results") from None
    frame = pd.DataFrame(list(rows))
    return frame if index is None else frame.set_index(index)
