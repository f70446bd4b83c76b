from __future__ import annotations

import os

import numpy as np
import pytest

from tests.features.store.made import fill, key, keys, open_space, rows, shards
from transferleaf.features.store import FeatureStore, FeatureStoreWarning
from transferleaf.features.store.shard import count_rows


@pytest.fixture
def shard(space):
    """A file of two keys and rows."""
    fill(space, [1, 2])
    return shards(space)[0]


def change_byte(path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def keys_at(path) -> int:
    return path.read_bytes().index(key(1) + key(2))


def test_rows_begin_at_a_multiple_of_64_and_end_the_file(shard):
    content = shard.read_bytes()

    assert content.startswith(b"leafrows")
    assert (len(content) - rows([1, 2]).nbytes) % 64 == 0
    assert content.endswith(rows([1, 2]).astype("<f4").tobytes())


def test_the_number_of_rows_is_read_from_the_header(shard):
    assert count_rows(shard) == 2


def test_a_file_that_cannot_be_read_has_no_rows(tmp_path):
    assert count_rows(tmp_path / "absent.rows") == 0


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param(
            lambda path: path.write_bytes(b""), "it is not a file of stored features", id="empty"
        ),
        pytest.param(
            lambda path: path.write_bytes(b"\x89PNG" * 500),
            "it is not a file of stored features",
            id="foreign",
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:15]),
            "it is not a file of stored features",
            id="torn prelude",
        ),
        pytest.param(lambda path: change_byte(path, 8), "it has format 0, and 1", id="format"),
        pytest.param(
            lambda path: os.truncate(path, 30), "its header has a wrong checksum", id="torn header"
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:12] + bytes(100)),
            "its header has a wrong checksum",
            id="zeros behind the prelude",
        ),
        pytest.param(
            lambda path: change_byte(path, 25), "its header has a wrong checksum", id="header"
        ),
        pytest.param(
            lambda path: os.truncate(path, keys_at(path) + 40), "bytes instead of", id="torn keys"
        ),
        pytest.param(
            lambda path: os.truncate(path, path.stat().st_size - 1), "bytes instead of", id="torn"
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes() + b"x"), "bytes instead of", id="longer"
        ),
        pytest.param(
            lambda path: change_byte(path, keys_at(path)),
            "its keys have a wrong checksum",
            id="a key's byte",
        ),
        pytest.param(
            lambda path: change_byte(path, -1), "its rows have a wrong checksum", id="a row's byte"
        ),
    ],
)
def test_a_damaged_file_is_removed_and_its_rows_are_missing(folder, shard, damage, reason):
    damage(shard)

    with pytest.warns(FeatureStoreWarning) as told:
        missing = open_space(folder).missing(keys([1, 2]))

    assert missing == [0, 1]
    assert [reason in str(warning.message) for warning in told] == [True]
    assert not shard.exists()


def test_rows_of_another_kind_are_damage(folder, space, shard):
    wide = FeatureStore(folder).space({}, shape=(5,), dtype="float32")
    with wide.writer() as writer:
        writer.add(keys([9]), np.zeros((1, 5), np.float32))
    (wrong,) = shards(wide)
    wrong.rename(space.folder / wrong.name)

    with pytest.warns(FeatureStoreWarning, match="it contains rows of another kind"):
        missing = open_space(folder).missing(keys([1, 9]))

    assert missing == [1]


def test_a_file_that_was_damaged_is_computed_and_stored_again(folder, shard):
    change_byte(shard, -1)
    again = open_space(folder)
    with pytest.warns(FeatureStoreWarning):
        again.missing(keys([1, 2]))

    fill(again, [1, 2])

    np.testing.assert_array_equal(again.rows(keys([2, 1])).read(), rows([2, 1]))


def test_a_valid_copy_is_used_if_another_is_damaged(folder, space, shard):
    fill(space, [1, 2])
    shard = shard.rename(space.folder / "0.rows")  # the first of that key, by name
    change_byte(shard, -1)

    with pytest.warns(FeatureStoreWarning):
        found = open_space(folder).rows(keys([1, 2]))

    np.testing.assert_array_equal(found.read(), rows([1, 2]))


def test_a_damaged_file_that_cannot_be_removed_is_reported_once(folder, shard, monkeypatch):
    change_byte(shard, -1)
    monkeypatch.setattr("transferleaf.features.store.damage.remove", lambda path: False)
    again = open_space(folder)

    with pytest.warns(FeatureStoreWarning, match="it is left out") as told:
        missing = [again.missing(keys([1, 2])) for _ in range(2)]

    assert missing == [[0, 1], [0, 1]]
    assert len(told) == 1


def test_a_file_that_cannot_be_read_stays_and_is_computed_again(folder, shard, monkeypatch):
    def fail(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("transferleaf.features.store.shard_index.open_shard", fail)

    with pytest.warns(FeatureStoreWarning, match="their file cannot be read") as told:
        missing = open_space(folder).missing(keys([1, 2]))

    assert missing == [0, 1]
    assert len(told) == 1
    assert shard.exists()
