from __future__ import annotations

import os

import numpy as np
import pytest

from tests.features.store.made import fill, key, keys, open_space, rows, shards
from transferleaf.errors import ConfigError, MissingFeaturesError
from transferleaf.features.store import FeatureStore


def test_a_new_space_misses_everything(space):
    assert space.missing(keys(range(3))) == [0, 1, 2]


def test_opening_and_asking_touches_no_disk(folder, space):
    space.missing(keys(range(3)))

    assert not folder.exists()


def test_what_was_stored_is_not_missing_in_a_later_run(folder, space):
    fill(space, [1, 3])

    assert open_space(folder).missing(keys(range(5))) == [0, 2, 4]


def test_of_equal_keys_only_the_first_is_missing(space):
    assert space.missing(keys([7, 8, 7, 8, 9])) == [0, 1, 4]


def test_rows_come_back_in_the_order_of_the_keys(folder, space):
    fill(space, range(4))
    fill(space, range(4, 8))

    found = open_space(folder).rows(keys([6, 1, 1, 3, 4]))

    np.testing.assert_array_equal(found.read(), rows([6, 1, 1, 3, 4]))


def test_no_keys_have_no_rows(space):
    assert space.rows([]).read().shape == (0, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"identity": {"backbone": "other"}},
        {"shape": (4,)},
        {"dtype": "float16"},
    ],
    ids=str,
)
def test_another_kind_of_rows_has_a_separate_space(folder, space, change):
    fill(space, range(3))
    facts = {"identity": {"backbone": "tiny"}, "shape": (3,), "dtype": "float32", **change}
    identity = facts.pop("identity")

    other = FeatureStore(folder).space(identity, **facts)

    assert other.missing(keys(range(3))) == [0, 1, 2]


def test_a_key_that_is_stored_twice_has_one_row(folder, space):
    fill(space, [1, 2])
    fill(space, [2, 3])

    again = open_space(folder)

    assert again.missing(keys([1, 2, 3])) == []
    np.testing.assert_array_equal(again.rows(keys([2])).read(), rows([2]))


def test_rows_that_another_run_adds_are_seen(folder, space):
    assert space.missing(keys([1])) == [0]

    fill(open_space(folder), [1])

    assert space.missing(keys([1])) == []


def test_rows_that_another_run_evicts_are_missing(folder, space):
    fill(space, [1])
    fill(space, [2])
    assert space.missing(keys([1, 2])) == []

    shards(space)[0].unlink()

    assert len(space.missing(keys([1, 2]))) == 1


def test_a_row_whose_other_copy_is_evicted_is_still_there(space):
    fill(space, [1])
    fill(space, [1])
    assert space.missing(keys([1])) == []

    shards(space)[0].unlink()

    assert space.missing(keys([1])) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps open files")
def test_open_rows_outlive_their_eviction(space):
    fill(space, range(5))
    found = space.rows(keys(range(5)))

    shards(space)[0].unlink()

    np.testing.assert_array_equal(found.read(), rows(range(5)))


def test_a_file_that_is_evicted_while_it_is_opened_counts_as_missing(space, monkeypatch):
    fill(space, [1])
    space.missing(keys([1]))
    locate = space._index.locate

    def then_evict(asked):
        places = locate(asked)
        for shard in shards(space):
            shard.unlink()
        return places

    monkeypatch.setattr(space._index, "locate", then_evict)

    with pytest.raises(MissingFeaturesError):
        space.rows(keys([1]))


def test_absent_rows_are_an_error_that_counts_them(space):
    fill(space, [1])

    with pytest.raises(MissingFeaturesError) as caught:
        space.rows(keys([0, 1, 2]))

    assert str(caught.value) == (
        f"2 of 3 rows are not stored in {str(space.folder)!r}; "
        "compute the rows in missing() and add them first."
    )
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize("ask", ["missing", "rows"])
def test_a_key_of_another_length_is_refused(space, ask):
    with pytest.raises(ConfigError) as caught:
        getattr(space, ask)([key(1), b"short"])

    assert str(caught.value) == "keys=b'short' must have 32 bytes each."


def test_reading_is_a_use(folder, space):
    fill(space, [1])
    (shard,) = shards(space)
    os.utime(shard, (1000, 1000))

    open_space(folder).rows(keys([1]))

    assert shard.stat().st_mtime > 1000


def test_the_size_on_disk_is_known(space):
    fill(space, range(10))

    assert space.nbytes == shards(space)[0].stat().st_size
