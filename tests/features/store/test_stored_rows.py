from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.features.store.made import fill, keys, open_space, rows
from transferleaf.errors import MissingFeaturesError
from transferleaf.features.store import FeatureStore, open_maps, stored_rows


@pytest.fixture
def found(folder, space):
    """The rows of 0 to 11 in four files of 3 keys."""
    for start in range(0, 12, 3):
        fill(space, range(start, start + 3))
    return open_space(folder).rows(keys(range(12)))


def test_they_have_the_shape_and_type_of_an_array(found):
    assert len(found) == 12
    assert found.shape == (12, 3)
    assert found.dtype == np.float32


@pytest.mark.parametrize(
    "positions",
    [[0], [11, 0, 5], [4, 4, 4], list(range(11, -1, -1)), []],
    ids=["one", "across files", "repeated", "backwards", "none"],
)
def test_rows_are_taken_in_the_requested_order(found, positions):
    taken = found.take(np.array(positions, int))

    np.testing.assert_array_equal(taken, rows(positions).reshape(-1, 3))


def test_what_is_taken_can_be_written_to(found):
    taken = found.take(np.array([1]))
    taken[:] = 0

    np.testing.assert_array_equal(found.take(np.array([1])), rows([1]))


def test_a_position_outside_is_an_error(found):
    with pytest.raises(IndexError):
        found.take(np.array([12]))


def test_all_are_read_as_another_type_on_request(found):
    values = found.read(np.float64)

    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, rows(range(12)))


def test_rows_of_many_dimensions_keep_their_shape(folder):
    space = FeatureStore(folder).space({}, shape=(2, 3, 4), dtype="float16")
    maps = np.arange(48, dtype=np.float16).reshape(2, 2, 3, 4)
    with space.writer() as writer:
        writer.add(keys([0, 1]), maps)

    np.testing.assert_array_equal(space.rows(keys([1, 0])).read(), maps[::-1])


def test_more_files_than_can_be_open_are_read(folder, space, monkeypatch):
    monkeypatch.setattr(open_maps, "_MAX_OPEN", 2)
    for number in range(5):
        fill(space, [number])
    found = open_space(folder).rows(keys(range(5)))

    order = np.array([4, 0, 3, 1, 2, 0, 4])

    np.testing.assert_array_equal(found.take(order), rows(order))


@pytest.mark.skipif(sys.platform != "linux", reason="counts the maps of the process")
def test_all_rows_of_a_process_share_the_limit_of_open_files(folder, space, monkeypatch):
    monkeypatch.setattr(open_maps, "_MAX_OPEN", 3)
    for number in range(5):
        fill(space, [number])
    several = [open_space(folder).rows(keys(range(5))) for _ in range(4)]

    for found in several * 2:
        np.testing.assert_array_equal(found.read(), rows(range(5)))
        assert maps_below(folder) <= 3

    del several, found
    assert maps_below(folder) == 0


def maps_below(folder):
    return Path("/proc/self/maps").read_text().count(str(folder))


def test_a_file_that_is_gone_and_was_not_open_is_an_error_of_ours(folder, space, monkeypatch):
    monkeypatch.setattr(open_maps, "_MAX_OPEN", 2)
    for number in range(5):
        fill(space, [number])
    found = open_space(folder).rows(keys(range(5)))
    FeatureStore(folder).clear()

    with pytest.raises(MissingFeaturesError):
        found.read()


def test_rows_larger_than_a_block_are_gathered_one_by_one(found, monkeypatch):
    monkeypatch.setattr(stored_rows, "_BLOCK_BYTES", 1)

    np.testing.assert_array_equal(found.read(), rows(range(12)))


def test_pages_that_are_let_go_are_read_again(found, monkeypatch):
    monkeypatch.setattr(open_maps, "_MAX_RESIDENT_BYTES", 1)

    np.testing.assert_array_equal(found.read(), rows(range(12)))
    np.testing.assert_array_equal(found.read(), rows(range(12)))


def test_threads_may_read_at_the_same_time(found, monkeypatch):
    monkeypatch.setattr(open_maps, "_MAX_OPEN", 2)
    orders = [np.random.default_rng(seed).permutation(12) for seed in range(40)]

    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(found.take, orders))

    np.testing.assert_array_equal(taken, [rows(order) for order in orders])
