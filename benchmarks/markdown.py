"""Tables in Markdown, and their places in the pages of the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, without a final line break.

    >>> print(markdown_table(["a", "b"], [["1", "2"]]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def replaced(text: str, name: str, table: str) -> str:
    """Put a table between the marks of its name.

    >>> print(replaced("<!-- a -->\\nold\\n<!-- /a -->", "a", "| new |"))
    <!-- a -->
    | new |
    <!-- /a -->
    """
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    found, number = marks.subn(lambda match: f"{match[1]}{table}\n{match[2]}", text)
    if number != 1:
        raise ValueError(f"the page needs one place marked {name!r}, and has {number}")
    return found
