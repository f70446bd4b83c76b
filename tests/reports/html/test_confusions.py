from __future__ import annotations

import pytest

from transferleaf.reports.html.confusions import Cell, matrix_rows, top_confusions


@pytest.mark.parametrize(
    ("row", "first"),
    [
        ([0, 0], Cell(count=0, kind="zero", shade=0)),
        ([4, 96], Cell(count=4, kind="right", shade=1)),
        ([5, 95], Cell(count=5, kind="right", shade=2)),
        ([20, 80], Cell(count=20, kind="right", shade=3)),
        ([50, 50], Cell(count=50, kind="right", shade=4)),
    ],
)
def test_the_share_of_the_row_shades_a_cell(row, first):
    cells = matrix_rows([row, [0, 0]])

    assert cells[0][0] == first


def test_a_cell_beside_the_diagonal_is_wrong():
    cells = matrix_rows([[0, 7], [0, 0]])

    assert cells[0][1] == Cell(count=7, kind="wrong", shade=4)


def test_confusions_come_by_number_and_then_by_how_few_photos_the_class_has():
    names = ["rust", "scab", "rot"]

    found = top_confusions(names, [[90, 3, 1], [3, 9, 0], [0, 5, 1]])

    assert [(pair.truth, pair.said, pair.count, pair.photos) for pair in found] == [
        ("rot", "scab", 5, 6),
        ("scab", "rust", 3, 12),
        ("rust", "scab", 3, 94),
        ("rust", "rot", 1, 94),
    ]


def test_only_so_many_are_named():
    assert len(top_confusions(["a", "b"], [[0, 1], [1, 0]], limit=1)) == 1
