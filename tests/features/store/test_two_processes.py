from __future__ import annotations

import multiprocessing
import os
import signal
import time

import numpy as np
import pytest

from tests.features.store.made import fill, key, keys, open_space, rows
from transferleaf.features.store import FeatureStore, file_keys

_SPAWN = multiprocessing.get_context("spawn")


def _store(folder, numbers) -> None:
    space = open_space(folder)
    for number in numbers:
        if space.missing([key(number)]):
            fill(space, [number])


def _digest(folder, photos, answers) -> None:
    answers.put(file_keys(photos, store=FeatureStore(folder)))


def _write_without_end(folder) -> None:
    number = 0
    while True:
        fill(open_space(folder), [number])
        number += 1


def _ended(*processes) -> list[int | None]:
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    return [process.exitcode for process in processes]


def test_two_processes_fill_one_store(folder):
    writers = [
        _SPAWN.Process(target=_store, args=(folder, numbers))
        for numbers in (range(0, 15), range(10, 25))
    ]

    exits = _ended(*writers)

    assert exits == [0, 0]
    space = open_space(folder)
    np.testing.assert_array_equal(space.rows(keys(range(25))).read(), rows(range(25)))


def test_two_processes_remember_digests_in_one_table(folder, tmp_path):
    photos = [tmp_path / f"{number}.png" for number in range(20)]
    for number, photo in enumerate(photos):
        photo.write_bytes(bytes([number]))
        os.utime(photo, (1000, 1000))
    answers = _SPAWN.Queue()

    exits = _ended(
        *[_SPAWN.Process(target=_digest, args=(folder, photos, answers)) for _ in range(2)]
    )

    assert exits == [0, 0]
    expected = file_keys(photos, store=FeatureStore(folder))
    assert [answers.get(timeout=10) for _ in range(2)] == [expected, expected]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_writer_leaves_a_store_that_is_whole(folder):
    writer = _SPAWN.Process(target=_write_without_end, args=(folder,))
    writer.start()
    deadline = time.monotonic() + 60
    while open_space(folder).missing(keys([3])) and time.monotonic() < deadline:
        time.sleep(0.05)

    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    FeatureStore(folder).trim()

    found = open_space(folder).rows(keys(range(4)))
    np.testing.assert_array_equal(found.read(), rows(range(4)))
    assert list(folder.rglob("*.part")) == []
