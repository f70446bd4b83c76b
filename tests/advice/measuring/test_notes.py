"""What was measured once is not measured again."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.advice.measuring.notes import Notes
from transferleaf.features.store import FeatureStore


@pytest.fixture
def notes(tmp_path):
    def make(inputs=b"photos", folder="store"):
        store = FeatureStore(tmp_path / folder)
        return Notes(store=store, backbone="tiny", image_size=16, inputs=inputs)

    return make


def forbidden():
    raise AssertionError("measured again")


def test_numbers_are_recalled_exactly(notes):
    measured = [[1 / 3, np.nan], [2.0, -1e-9]]
    notes().recall("probes", (2, 2), lambda: measured)

    recalled = notes().recall("probes", (2, 2), forbidden)

    np.testing.assert_array_equal(recalled, measured)


@pytest.mark.parametrize(
    ("inputs", "what"), [(b"other photos", "probes"), (b"photos", "LogME")], ids=["photos", "what"]
)
def test_something_else_is_measured(notes, inputs, what):
    notes().recall("probes", (1,), lambda: [1.0])

    assert notes(inputs).recall(what, (1,), lambda: [2.0]).tolist() == [2.0]


def test_a_store_that_cannot_be_written_stops_nobody(notes, tmp_path):
    (tmp_path / "file").write_text("in the way")

    assert notes(folder="file").recall("probes", (1,), lambda: [3.0]).tolist() == [3.0]
