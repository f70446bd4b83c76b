from __future__ import annotations

import json

import numpy as np
import pytest

from transferleaf.errors import ConfigError
from transferleaf.features.store.row_kind import RowKind, saved_kind


def kind(**changes) -> RowKind:
    facts = {"identity": {"net": "a", "size": 8}, "shape": (2, 3), "dtype": "float16"}
    return RowKind(**{**facts, **changes})


def test_the_order_of_the_facts_does_not_matter():
    assert kind().digest() == kind(identity={"size": 8, "net": "a"}).digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": {"net": "b", "size": 8}},
        {"identity": {"net": "a", "size": 9}},
        {"identity": {"net": "a", "size": "8"}},
        {"identity": {"net": "a", "size": 8, "output": "map"}},
        {"shape": (3, 2)},
        {"dtype": "float32"},
    ],
    ids=str,
)
def test_any_other_fact_makes_another_kind(changes):
    assert kind(**changes).digest() != kind().digest()


def test_rows_are_little_endian_on_disk():
    assert kind(dtype=">f4").stored_dtype == np.dtype("<f4")


def test_the_size_of_a_row_is_known():
    assert kind().row_bytes == 12


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shape": (2, 0)}, "shape=(2, 0) must contain whole numbers above 0."),
        ({"dtype": "object"}, "dtype='object' must name a number type, such as \"float32\"."),
        ({"dtype": "leaf"}, "dtype='leaf' must name a number type, such as \"float32\"."),
        (
            {"identity": {"weights": b"1"}},
            "identity={'weights': b'1'} must contain finite numbers, texts, lists and mappings "
            "only.",
        ),
        (
            {"identity": {"mean": float("nan")}},
            "identity={'mean': nan} must contain finite numbers, texts, lists and mappings only.",
        ),
    ],
)
def test_a_kind_that_cannot_be_stored_is_refused(changes, message):
    with pytest.raises(ConfigError) as caught:
        kind(**changes)

    assert str(caught.value) == message


def test_a_saved_kind_reads_as_json_and_comes_back(tmp_path):
    kind().save(tmp_path)

    facts = json.loads((tmp_path / "space.json").read_text())

    assert facts["identity"] == {"net": "a", "size": 8}
    assert saved_kind(tmp_path) == kind()


@pytest.mark.parametrize("text", [None, "", "[]", '{"identity": 3}', '{"shape": []}'])
def test_a_missing_or_truncated_description_is_none(tmp_path, text):
    if text is not None:
        (tmp_path / "space.json").write_text(text)

    assert saved_kind(tmp_path) is None
