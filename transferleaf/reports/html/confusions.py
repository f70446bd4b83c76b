"""A confusion matrix as the page shows it: shaded cells, and the worst confusions by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Four shades tell apart what one wants to know; the number says the rest. Text on the first three
# has the page's ink, on the last the page's paper: a finer scale has no such colour in between.
_SHADES_FROM = (0.0, 0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: of the photos of a class, those that were taken for a class.

    Attributes:
        count: How many.
        kind: ``"right"``, ``"wrong"`` or ``"zero"``.
        shade: 1 to 4, by the share of the row's photos; 0 for none.
    """

    count: int
    kind: str
    shade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """A pair of classes that was confused.

    Attributes:
        truth: Name of the class that the photos show.
        said: Name of the class that they were taken for.
        count: How many were.
        photos: Photos of the class ``truth``.
    """

    truth: str
    said: str
    count: int
    photos: int


def matrix_rows(counts: Sequence[Sequence[int]]) -> list[list[Cell]]:
    """Shade a matrix by the shares of its rows.

    Args:
        counts: Photos by true class (row) and predicted class (column), ``(n_classes, n_classes)``.

    >>> [cell.shade for cell in matrix_rows([[90, 10], [0, 3]])[0]]
    [4, 2]
    """
    return [
        [_cell(count, of=sum(row), on_diagonal=row_number == column) for column, count in cells]
        for row_number, row in enumerate(counts)
        for cells in [enumerate(row)]
    ]


def _cell(count: int, *, of: int, on_diagonal: bool) -> Cell:
    if not count:
        return Cell(count=0, kind="zero", shade=0)
    shade = sum(count / of >= share for share in _SHADES_FROM)
    return Cell(count=count, kind="right" if on_diagonal else "wrong", shade=shade)


def top_confusions(
    names: Sequence[str], counts: Sequence[Sequence[int]], *, limit: int = 10
) -> list[Confusion]:
    """Name the pairs that were confused most often, the most frequent first.

    >>> top_confusions(["rust", "scab"], [[9, 1], [0, 3]])[0].said
    'scab'
    """
    found = [
        Confusion(truth=names[row], said=names[column], count=int(count), photos=int(sum(cells)))
        for row, cells in enumerate(counts)
        for column, count in enumerate(cells)
        if count and row != column
    ]
    # Among equal counts, the pair of the smaller class is the worse one.
    return sorted(found, key=lambda pair: (-pair.count, pair.photos))[:limit]
