from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.review.page import write_page
from benchmarks.review.ways import WAYS, Pool

ROOT = Path(__file__).parents[2]


@pytest.fixture
def pool() -> Pool:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(3, 0.5), 60)
    return Pool(
        features=rng.normal(size=(60, 8)),
        probabilities=probabilities,
        trained_on=rng.normal(size=(5, 8)),
        seed=1,
    )


@pytest.mark.parametrize("way", WAYS)
def test_each_way_chooses_as_many_photos_as_asked_for_each_once(pool, way):
    chosen = WAYS[way](pool, 12)

    assert len(set(np.asarray(chosen).tolist())) == 12
    assert set(np.asarray(chosen).tolist()) <= set(range(60))


def test_the_page_is_what_was_measured(tmp_path):
    measured = json.loads((ROOT / "benchmarks/review/measured.json").read_text("utf-8"))

    write_page(tmp_path / "review.md", measured)

    written = (tmp_path / "review.md").read_text("utf-8")
    assert written == (ROOT / "docs/review.md").read_text("utf-8")


@pytest.mark.real
@pytest.mark.slow
def test_reviewing_60_of_640_field_photos_finds_four_of_five_planted_labels(real_photos):
    from benchmarks.review.photos import PhotoSet
    from benchmarks.review.planted import CASES, reviews

    found = reviews(PhotoSet.open(real_photos, "field-mini"), CASES["field, 5 %"], 0)

    assert found["planted"] == 32
    assert found["found_at_60"] >= 0.8 * 32
    assert found["found"] >= 0.8 * 32
