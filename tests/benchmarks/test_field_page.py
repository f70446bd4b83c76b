"""The page on field photos, as its stored measurements write it."""

from __future__ import annotations

import json

from benchmarks.field.page import write_page
from tests.docs.pages import ROOT


def test_the_page_is_what_the_measurements_write(tmp_path):
    found = json.loads((ROOT / "benchmarks/field/measured.json").read_text("utf-8"))

    write_page(found, tmp_path / "field.md")

    # Otherwise: python -m benchmarks.field --photos DATA --only nothing --page docs/field.md
    kept = (ROOT / "docs/field.md").read_text("utf-8")
    assert kept == (tmp_path / "field.md").read_text("utf-8")
