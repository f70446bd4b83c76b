"""Examples at the end of a command's help."""

from __future__ import annotations

from rich.markup import escape


def examples(*lines: str) -> str:
    """Lay out command lines for the end of a help text.

    >>> print(examples("transferleaf cache"))
    Examples:
    <BLANKLINE>
    transferleaf cache
    """
    # Blank lines between them are what typer turns into line ends.
    return "\n\n".join(["Examples:", *map(escape, lines)])
