"""The measurement of ``transferleaf serve``, without a server."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.serving import MEASURED, spread, written

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_kept_numbers_give():
    found = json.loads(MEASURED.read_text("utf-8"))

    assert (ROOT / "docs" / "serving.md").read_text("utf-8") == written(found)


def test_the_page_tells_of_wrong_and_failed_answers():
    model = {
        "name": "onnx",
        "requests": 2000,
        "start_seconds": 2.34,
        "start_processor_seconds": 1.23,
        "processor_ms": 9.6,
        "median_ms": 41.6,
        "p95_ms": 60.2,
        "per_second": 91.8,
        "wrong": 3,
        "failed": 1,
        "memory_mb": [100] * 9,
        "heat_map_ms": None,
    }

    page = written({"machine": "2 cores", "models": [model, model]})

    assert "| onnx | 2,000 | 1.2 | 10 |" in page
    assert "6 got the prediction of another photo, and 2 failed" in page
    assert "| onnx | 100 | 100 | 100 |" in page


def test_photos_are_taken_from_everywhere():
    assert spread([Path(str(n)) for n in range(10)], 3) == [Path("0"), Path("3"), Path("6")]
    assert spread([Path("0")], 3) == [Path("0")]
