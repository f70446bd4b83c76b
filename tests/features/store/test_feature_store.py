from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime

import pytest

from tests.features.store.made import fill, keys, open_space
from transferleaf.errors import ConfigError
from transferleaf.features.store import FeatureStore


def test_creating_one_touches_no_disk(folder):
    FeatureStore(folder)

    assert not folder.exists()


def test_the_environment_says_where_and_how_large(monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path))
    monkeypatch.setenv("TRANSFERLEAF_CACHE_LIMIT", "5MB")

    store = FeatureStore()

    assert (store.folder, store.limit) == (tmp_path, 5_000_000)


def test_an_invalid_limit_is_refused(folder):
    with pytest.raises(ConfigError, match="limit=0 must be a whole number of bytes above 0"):
        FeatureStore(folder, limit=0)


def test_usage_of_a_store_that_does_not_exist_is_none(folder):
    usage = FeatureStore(folder).usage()

    assert usage.spaces == ()
    assert usage.nbytes == 0


def test_usage_tells_what_each_space_holds_the_latest_used_first(folder):
    for network, numbers, used in [("old", range(2), 1000), ("new", range(5), 5000)]:
        space = open_space(folder, network=network)
        fill(space, numbers)
        for path in space.folder.glob("*.rows"):
            os.utime(path, (used, used))

    usage = FeatureStore(folder).usage()

    assert [
        (space.kind.identity["backbone"], space.rows, space.last_used) for space in usage.spaces
    ] == [("new", 5, datetime.fromtimestamp(5000)), ("old", 2, datetime.fromtimestamp(1000))]
    assert usage.nbytes == sum(
        open_space(folder, network=network).nbytes for network in ("old", "new")
    )


def test_a_space_without_description_is_counted(folder, space):
    fill(space, range(2))
    (space.folder / "space.json").unlink()

    (usage,) = FeatureStore(folder).usage().spaces

    assert (usage.kind, usage.rows) == (None, 2)


def test_clearing_frees_all_and_says_how_much(folder, space):
    fill(space, range(2))
    (space.folder / "1-elsewhere-0.part").touch()
    store = FeatureStore(folder)
    size = store.usage().nbytes

    freed = store.clear()

    assert freed == size
    assert space.missing(keys(range(2))) == [0, 1]
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_clearing_keeps_other_files(folder, space):
    fill(space, [1])
    mine = [folder / "notes.txt", folder / "features" / "notes.txt", space.folder / "notes.txt"]
    for path in mine:
        path.write_text("mine")

    FeatureStore(folder).clear()

    assert [path.read_text() for path in mine] == ["mine"] * 3


def test_the_store_needs_no_tensorflow():
    code = (
        "import sys, transferleaf.features.store;"
        "print({'tensorflow', 'keras', 'keras_cv'} & set(sys.modules))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "set()"
