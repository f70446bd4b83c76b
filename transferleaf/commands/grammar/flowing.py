"""Help texts whose paragraphs fit the width of the terminal."""

from __future__ import annotations

import inspect


def flowing(text: str) -> str:
    """Join the lines of each paragraph, because ``--help`` would keep the line breaks.

    Args:
        text: A docstring.

    >>> flowing("Train.\\n\\n    It takes\\n    a while.")
    'Train.\\n\\nIt takes a while.'
    """
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))
