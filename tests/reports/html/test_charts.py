from __future__ import annotations

import re

import pytest

from transferleaf.reports.html.charts import history_chart


@pytest.mark.parametrize(
    ("starts", "axis"), [([0, 1], "epoch (numbers above: phases)"), ([], "epoch")]
)
def test_phases_are_numbered_so_briefly_that_short_ones_do_not_overlap(starts, axis):
    chart = history_chart({"training": [0.5, 0.4, 0.3]}, what="loss", starts=starts, name="loss")

    words = re.findall(r"<text[^>]*>\s*([^<]*?)\s*</text>", chart)
    assert axis in words
    assert not any(word.startswith("phase") for word in words)
