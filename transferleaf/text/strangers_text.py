"""Text from outside, such as names of files and classes, made safe for its destination.

A name may contain characters that a terminal, a browser or a spreadsheet interprets: escape
sequences that move the cursor or set a title, marks that change the writing direction, and
formulas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Joiners that some scripts need, and line ends and tabs of our own text.
_HARMLESS = frozenset("\u200c\u200d\n\t\u3000\u00a0")
# The first characters of spreadsheet formulas, and characters that can hide them.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def visible(text: str) -> str:
    """Return text in which control characters are escaped.

    >>> visible("leaf\\x1b[2J.jpg"), visible("gpj.\\u202efael"), visible("잎.jpg")
    ('leaf\\\\x1b[2J.jpg', 'gpj.\\\\u202efael', '잎.jpg')
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in _HARMLESS else _spelt(letter) for letter in text
    )


def in_one_line(text: str) -> str:
    """Return text on one line, with escaped control characters and single blanks.

    >>> in_one_line("early\\r\\n  blight")
    'early blight'
    """
    return visible(" ".join(text.split()))


def csv_line(cells: Iterable[object]) -> str:
    """Return a row of CSV with its line end. ``csv_cells`` restores the cells.

    Text that a spreadsheet would interpret as a formula gets an apostrophe, which spreadsheets
    hide.

    >>> csv_line(["=1+1", -1, None, "a\\rb"])
    '"\\'=1+1","-1","","a\\rb"\\n'
    """
    written = [csv_cell(cell) for cell in cells]
    line = io.StringIO(newline="")
    # Up to Python 3.12, csv quotes a carriage return only if it quotes all cells.
    returns = any("\r" in cell for cell in written)
    writer = csv.writer(
        line, lineterminator="\n", quoting=csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL
    )
    writer.writerow(written)
    return line.getvalue()


def csv_cell(cell: object) -> str:
    """Return the text of one cell; see ``csv_line``."""
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell


def csv_cells(row: Sequence[str]) -> list[str]:
    """Return the original cells, as text, from the cells that a CSV reader returned."""
    return [cell[1:] if _GUARDED.match(cell) else cell for cell in row]


def _spelt(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
