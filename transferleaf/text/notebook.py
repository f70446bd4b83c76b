"""Display of values in notebooks: terminal tables as HTML, and pandas tables."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from transferleaf.errors import MissingExtraError

# Enough for the widest table. In narrow cells, the HTML scrolls.
_WIDTH = 100

# The colours come from the notebook, which may have a dark theme.
_FORMAT = (
    '<pre style="white-space:pre;overflow-x:auto;line-height:1.25;'
    "font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace\">{code}</pre>"
)


def html_of(*renderables: Any, width: int = 0) -> str:
    """Render rich objects as HTML.

    Args:
        *renderables: Tables, texts and other rich objects, from top to bottom.
        width: Width in characters, if it is more than the usual width.

    >>> "Bean" in html_of("Bean")
    True
    """
    from transferleaf.text.terminal import Terminal

    console = Terminal(record=True, width=max(_WIDTH, width), file=io.StringIO(), highlight=False)
    for each in renderables:
        console.print(each)
    return console.export_html(code_format=_FORMAT, inline_styles=True)


def data_frame(rows: Sequence[Mapping[str, Any]], *, index: str | None = None) -> Any:
    """Return rows as a ``pandas.DataFrame``.

    Args:
        rows: A mapping for each row.
        index: The column used as index. Default: row numbers.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtraError("pandas", extra="notebook", why="A table of results") from None
    frame = pd.DataFrame(list(rows))
    return frame if index is None else frame.set_index(index)
