"""A short, seeded run of ``make fuzz``."""

from __future__ import annotations

import sys

import pytest

from tests.fuzz.arrays import drawn_arrays
from tests.fuzz.campaign import run_campaign
from tests.fuzz.mutations import damaged
from tests.fuzz.seeds import photo_seeds
from tests.fuzz.tables import PHOTOS, damaged_table, table_seeds
from tests.fuzz.trees import drawn_tree

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the limit of memory and its measure are those of Linux"
)


def test_damaged_photos_are_read_or_refused_and_nothing_else(tmp_path):
    found = run_campaign(photo_seeds(), seed=0, files=200, folder=tmp_path)

    assert found.faults == []
    assert sum(found.outcomes.values()) == 200
    assert min(found.outcomes["read"], found.outcomes["refused"]) > 20


def test_damaged_tables_are_read_or_refused_and_nothing_else(tmp_path):
    for photo in PHOTOS:
        (tmp_path / photo).parent.mkdir(exist_ok=True)
        (tmp_path / photo).write_bytes(photo_seeds()["plain.jpg"])

    found = run_campaign(table_seeds(), seed=0, files=300, folder=tmp_path, damage=damaged_table)

    assert found.faults == []
    assert min(found.outcomes["read"], found.outcomes["refused"]) > 20


def test_folder_trees_are_read_right_or_refused(tmp_path):
    seeds = {"folders.tree": b"[]"}

    found = run_campaign(seeds, seed=0, files=150, folder=tmp_path, damage=drawn_tree)

    assert found.faults == []
    assert found.outcomes["read"] > 5


def test_valid_arrays_are_accepted_and_invalid_ones_refused(tmp_path):
    found = run_campaign(
        {"drawn.arrays": b""},
        seed=0,
        files=60,
        folder=tmp_path,
        damage=drawn_arrays,
        limit=0,
        patience=60.0,
        kept_a_file=300_000,  # TensorFlow keeps traced graphs of new shapes
    )

    assert found.faults == []
    assert min(found.outcomes["read"], found.outcomes["refused"]) > 10


def test_the_same_seed_makes_the_same_damage():
    import numpy as np

    seeds = list(photo_seeds().values())

    one, other = (damaged(seeds[0], seeds, np.random.default_rng(7)) for _ in range(2))

    assert one == other != seeds[0]
