"""Text from strangers, such as names of files and classes, made safe for where it goes.

A name may hold what a terminal, a browser or a spreadsheet obeys: escape sequences that move the
cursor or set a title, marks that turn the direction of writing, and formulas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Joiners that words of some scripts need; line ends and tabs that our own text has.
_HARMLESS = frozenset("\u200c\u200d\n\t\u3000\u00a0")
# What spreadsheets take for a formula, and what hides one from whoever looks for them.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def visible(text: str) -> str:
    """Return text for people, in which no character does anything: those that would are spelt out.

    >>> visible("leaf\\x1b[2J.jpg"), visible("gpj.\\u202efael"), visible("잎.jpg")
    ('leaf\\\\x1b[2J.jpg', 'gpj.\\\\u202efael', '잎.jpg')
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in _HARMLESS else _spelt(letter) for letter in text
    )


def in_one_line(text: str) -> str:
    """Return visible text whose blanks and line ends are single blanks.

    >>> in_one_line("early\\r\\n  blight")
    'early blight'
    """
    return visible(" ".join(text.split()))


def csv_line(cells: Iterable[object]) -> str:
    """Write a row of CSV, with its line end: ``csv_cells`` reads the same cells again.

    Text that a spreadsheet would compute has an apostrophe before it, which spreadsheets hide.

    >>> csv_line(["=1+1", -1, None, "a\\rb"])
    '"\\'=1+1","-1","","a\\rb"\\n'
    """
    written = [csv_cell(cell) for cell in cells]
    line = io.StringIO(newline="")
    # Up to Python 3.12 a carriage return gets no quotes unless all cells do.
    returns = any("\r" in cell for cell in written)
    writer = csv.writer(
        line, lineterminator="\n", quoting=csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL
    )
    writer.writerow(written)
    return line.getvalue()


def csv_cell(cell: object) -> str:
    """Return what to write for one cell; see ``csv_line``."""
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell


def csv_cells(row: Sequence[str]) -> list[str]:
    """Return the cells that ``csv_line`` was given, as text, from those that a reader found."""
    return [cell[1:] if _GUARDED.match(cell) else cell for cell in row]


def _spelt(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
