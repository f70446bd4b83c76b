"""The table of exported files, with the results of refused ones."""

from __future__ import annotations

from pathlib import Path

from benchmarks.exports import HEADER, Exported, rows
from transferleaf.errors import ExportMismatchError
from transferleaf.export import ExportCheck

WRITTEN = Exported(
    name="ONNX",
    check=ExportCheck(
        path=Path("m.onnx"),
        format="onnx",
        quantization=None,
        size_bytes=13_700_000,
        photo_size=None,
        photos=120,
        max_difference=2e-5,
        same_label=1.0,
    ),
)
REFUSED = Exported(
    name="LiteRT, int8",
    refused=ExportMismatchError(
        "litert", quantization="int8 weights", photos=60, max_difference=0.5, same_label=0.95
    ),
)


def test_a_file_has_its_size_its_speeds_and_its_answers():
    assert rows([WRITTEN], {("ONNX", 1): 61.2, ("ONNX", 32): 80.4}) == [
        ["ONNX", "float32", "13.7", "61", "80", "2.0e-05", "100.0%"]
    ]


def test_a_refused_file_has_its_results():
    assert rows([REFUSED], {}) == [
        ["LiteRT, int8", "int8 weights", "refused", "", "", "5.0e-01", "95.0%"]
    ]


def test_the_page_has_a_line_for_each_file():
    assert all(len(row) == len(HEADER) for row in rows([REFUSED], {}))
