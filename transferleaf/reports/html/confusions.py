"""A confusion matrix for the page: shaded cells, and the most frequent confusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Four shades are enough, as the cells contain numbers. Text has the ink colour on the first three
# shades and the paper colour on the last. A finer scale would have shades on which neither is
# legible.
_SHADES_FROM = (0.0, 0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a confusion matrix.

    Attributes:
        count: Number of photos.
        kind: ``"right"``, ``"wrong"`` or ``"zero"``.
        shade: 1 to 4, by the share of the photos in the row; 0 for no photos.
    """

    count: int
    kind: str
    shade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """A pair of confused classes.

    Attributes:
        truth: Name of the true class.
        said: Name of the predicted class.
        count: Number of confused photos.
        photos: Photos of the class ``truth``.
    """

    truth: str
    said: str
    count: int
    photos: int


def matrix_rows(counts: Sequence[Sequence[int]]) -> list[list[Cell]]:
    """Return the cells of a matrix, shaded by the shares of each row.

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
    """Return the most frequent confusions, in descending order.

    >>> top_confusions(["rust", "scab"], [[9, 1], [0, 3]])[0].said
    'scab'
    """
    found = [
        Confusion(truth=names[row], said=names[column], count=int(count), photos=int(sum(cells)))
        for row, cells in enumerate(counts)
        for column, count in enumerate(cells)
        if count and row != column
    ]
    # With equal counts, the smaller class comes first.
    return sorted(found, key=lambda pair: (-pair.count, pair.photos))[:limit]
