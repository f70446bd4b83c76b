"""A short, seeded run of ``make fuzz``."""

from __future__ import annotations

import sys

import pytest

from tests.fuzz.campaign import run_campaign
from tests.fuzz.mutations import damaged
from tests.fuzz.seeds import photo_seeds

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the limit of memory and its measure are those of Linux"
)


def test_damaged_photos_are_read_or_refused_and_nothing_else(tmp_path):
    found = run_campaign(photo_seeds(), seed=0, files=200, folder=tmp_path)

    assert found.faults == []
    assert sum(found.outcomes.values()) == 200
    assert min(found.outcomes["read"], found.outcomes["refused"]) > 20


def test_the_same_seed_makes_the_same_damage():
    import numpy as np

    seeds = list(photo_seeds().values())

    one, other = (damaged(seeds[0], seeds, np.random.default_rng(7)) for _ in range(2))

    assert one == other != seeds[0]
