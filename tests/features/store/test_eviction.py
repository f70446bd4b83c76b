from __future__ import annotations

import os
import time

import pytest

from tests.features.store.made import fill, keys, open_space, shards
from transferleaf.features.store import FeatureStore, FeatureStoreWarning, eviction

DAY = 24 * 3600


@pytest.fixture
def aged(folder):
    """Stores a row in a separate file with a given time of last use."""

    def store(number: int, *, ago: float, network: str = "tiny"):
        space = open_space(folder, network=network)
        before = set(shards(space))
        fill(space, [number])
        (shard,) = set(shards(space)) - before
        os.utime(shard, (time.time() - ago,) * 2)
        return shard

    return store


def test_the_least_recently_used_files_are_removed_first(folder, aged):
    files = [aged(number, ago=ago) for number, ago in enumerate([10, 30, 20])]
    size = files[0].stat().st_size

    freed = FeatureStore(folder, limit=2 * size).trim()

    assert freed == size
    assert [file.exists() for file in files] == [True, False, True]


def test_all_spaces_are_judged_together(folder, aged):
    files = [aged(1, ago=10), aged(1, ago=30, network="other"), aged(2, ago=20)]

    FeatureStore(folder, limit=files[0].stat().st_size).trim()

    assert [file.exists() for file in files] == [True, False, False]


def test_reading_saves_a_row_from_eviction(folder, aged):
    old, new = aged(1, ago=30), aged(2, ago=20)
    open_space(folder).rows(keys([1]))

    FeatureStore(folder, limit=old.stat().st_size).trim()

    assert (old.exists(), new.exists()) == (True, False)


def test_within_the_limit_nothing_goes(folder, aged):
    file = aged(1, ago=30 * DAY)

    freed = FeatureStore(folder, limit=file.stat().st_size).trim()

    assert freed == 0
    assert file.exists()


def test_a_writer_that_closes_makes_room(folder, aged):
    old = aged(1, ago=30)
    space = open_space(folder, limit=old.stat().st_size)

    fill(space, [2])

    assert not old.exists()
    assert space.missing(keys([1, 2])) == [0]


def test_files_of_a_running_run_stay_with_one_warning(folder, aged):
    read = aged(1, ago=30)
    space = open_space(folder, limit=100)
    space.rows(keys([1]))

    with pytest.warns(FeatureStoreWarning) as told:
        fill(space, [2])
    fill(space, [3])

    assert space.missing(keys([1, 2, 3])) == []
    assert [str(warning.message) for warning in told] == [
        "the features of this run take 0.0 MB, more than the limit of 0.0 MB; they stay until "
        "another run needs the room. TRANSFERLEAF_CACHE_LIMIT sets the limit"
    ]
    assert read.exists()


def test_a_row_that_was_found_does_not_make_room_for_those_that_were_missing(folder, aged):
    size = aged(1, ago=30).stat().st_size
    space = open_space(folder, limit=size)
    missing = space.missing(keys([1, 2]))

    with pytest.warns(FeatureStoreWarning, match="more than the limit"):
        fill(space, [2])

    assert missing == [1]
    assert space.missing(keys([1, 2])) == []


def test_the_next_run_needs_the_room(folder):
    with pytest.warns(FeatureStoreWarning):
        fill(open_space(folder, limit=1), [1])
    (first,) = shards(open_space(folder))

    with pytest.warns(FeatureStoreWarning):
        fill(open_space(folder, limit=1), [2])

    assert not first.exists()


def test_a_file_that_cannot_be_removed_is_not_an_error(folder, aged, monkeypatch):
    old, new = aged(1, ago=30), aged(2, ago=20)
    monkeypatch.setattr(eviction, "remove", lambda path: path != old and path.unlink() is None)

    FeatureStore(folder, limit=old.stat().st_size).trim()

    assert (old.exists(), new.exists()) == (True, False)


def test_only_leftovers_of_killed_writers_are_removed(folder, aged):
    space_folder = aged(1, ago=0).parent
    dead, alive = space_folder / "1-elsewhere-0.part", space_folder / f"{os.getpid()}-x-0.part"
    for part in (dead, alive):
        part.touch()
    os.utime(dead, (time.time() - 2 * DAY,) * 2)

    FeatureStore(folder).trim()

    assert (dead.exists(), alive.exists()) == (False, True)


@pytest.mark.parametrize(("age", "stays"), [(0, True), (2 * DAY, False)])
def test_a_space_that_is_empty_for_a_day_is_removed(folder, age, stays):
    space = open_space(folder)
    with space.writer():
        pass
    os.utime(space.folder / "space.json", (time.time() - age,) * 2)

    FeatureStore(folder).trim()

    assert space.folder.exists() is stays


def test_trimming_a_store_that_does_not_exist_frees_nothing(folder):
    assert FeatureStore(folder).trim() == 0
    assert not folder.exists()
