"""Examples at the end of a command's help."""

from __future__ import annotations

from rich.markup import escape


def examples(*lines: str) -> str:
    """Return command lines formatted for the end of a help text.

    >>> print(examples("transferleaf cache"))
    Examples:
    <BLANKLINE>
    transferleaf cache
    """
    # typer only keeps line breaks between paragraphs.
    return "\n\n".join(["Examples:", *map(escape, lines)])
