"""Paragraphs of help that fill the terminal, however wide it is."""

from __future__ import annotations

import inspect


def flowing(text: str) -> str:
    """Join the lines of each paragraph, because ``--help`` breaks a line where its source does.

    Args:
        text: A docstring.

    >>> flowing("Train.\\n\\n    It takes\\n    a while.")
    'Train.\\n\\nIt takes a while.'
    """
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))
