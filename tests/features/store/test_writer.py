from __future__ import annotations

import errno
import shutil
from collections.abc import Callable

import numpy as np
import pytest

from tests.features.store.made import fill, keys, open_space, rows, shards
from transferleaf.errors import ConfigError, FeatureStoreError
from transferleaf.features.store import FeatureStore, FeatureStoreWarning, writer
from transferleaf.files.whole_files import written_whole


@pytest.fixture
def small_shards(monkeypatch):
    """Files of at most 4 rows."""
    monkeypatch.setattr(writer, "_SHARD_ROWS", 4)


@pytest.fixture
def full_disk(monkeypatch):
    """Simulates a full disk: from now on, no file of rows can be written."""

    def fill_it():
        def fail(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(writer, "write_shard", fail)

    return fill_it


def add_and(space, numbers, *, then: Callable[[], object]) -> None:
    """Adds rows one at a time, and runs a function before leaving the block."""
    with space.writer() as out:
        for number in numbers:
            out.add(keys([number]), rows([number]))
        then()


def fail_with(error: type[BaseException]) -> None:
    raise error


def test_few_rows_make_one_file_whatever_the_batches(space):
    with space.writer() as out:
        for number in range(5):
            out.add(keys([number]), rows([number]))

    assert len(shards(space)) == 1
    np.testing.assert_array_equal(space.rows(keys(range(5))).read(), rows(range(5)))


def test_a_full_file_is_written_at_once(space, small_shards):
    with space.writer() as out:
        out.add(keys(range(6)), rows(range(6)))
        inside = len(shards(space))

    assert (inside, len(shards(space))) == (1, 2)


def test_a_large_batch_is_cut_into_files(space, small_shards):
    fill(space, range(11))

    assert len(shards(space)) == 3
    np.testing.assert_array_equal(space.rows(keys(range(11))).read(), rows(range(11)))


def test_large_rows_make_small_files(folder, monkeypatch):
    monkeypatch.setattr(writer, "_SHARD_BYTES", 2 * 64)
    space = FeatureStore(folder).space({}, shape=(4, 4), dtype="float32")

    with space.writer() as out:
        out.add(keys(range(5)), np.zeros((5, 4, 4), np.float32))

    assert len(shards(space)) == 3


def test_a_row_larger_than_a_file_has_a_separate_file(space, monkeypatch):
    monkeypatch.setattr(writer, "_SHARD_BYTES", 1)

    fill(space, [1, 2])

    assert len(shards(space)) == 2


def test_the_array_may_be_used_again_after_adding(space):
    batch = rows([1])
    with space.writer() as out:
        out.add(keys([1]), batch)
        batch[:] = 99

    np.testing.assert_array_equal(space.rows(keys([1])).read(), rows([1]))


def test_wider_rows_are_stored_in_the_type_of_the_space(folder):
    space = FeatureStore(folder).space({}, shape=(3,), dtype="float16")

    fill(space, [1])

    assert space.rows(keys([1])).read().dtype == np.float16


def test_adding_nothing_writes_no_rows(space):
    with space.writer() as out:
        out.add([], np.empty((0, 3), np.float32))

    assert shards(space) == []


@pytest.mark.parametrize("reason", [KeyboardInterrupt, RuntimeError])
def test_what_was_computed_before_an_interruption_is_kept(folder, space, reason):
    with pytest.raises(reason):
        add_and(space, [1, 2], then=lambda: fail_with(reason))

    assert open_space(folder).missing(keys([1, 2, 3])) == [2]


def test_ctrl_c_in_the_middle_of_adding_keeps_whole_rows_only(folder, space, monkeypatch):
    copyto = np.copyto

    def interrupt_at_2(target, values, **options):
        copyto(target, values, **options)
        if values[0, 0] == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(np, "copyto", interrupt_at_2)

    with pytest.raises(KeyboardInterrupt):
        add_and(space, [1, 2], then=lambda: None)

    assert open_space(folder).missing(keys([1, 2])) == [1]


def test_ctrl_c_while_a_file_is_written_keeps_its_rows(folder, space, small_shards, monkeypatch):
    write = writer.write_shard

    def interrupt_once(path, *rest):
        monkeypatch.setattr(writer, "write_shard", write)
        with written_whole(path) as file:
            file.write(b"half a fi")
            raise KeyboardInterrupt

    monkeypatch.setattr(writer, "write_shard", interrupt_once)

    with pytest.raises(KeyboardInterrupt):
        add_and(space, range(4), then=lambda: None)

    assert open_space(folder).missing(keys(range(4))) == []
    assert list(space.folder.glob("*.part")) == []


def test_a_folder_that_cannot_be_written_is_reported_before_the_work(folder):
    folder.write_text("a file is in the way")
    space = open_space(folder)

    with pytest.raises(FeatureStoreError) as caught, space.writer():
        pytest.fail("the block must not be entered")

    assert str(caught.value) == (
        f"features cannot be stored in {str(space.folder)!r} ({caught.value.reason}). What was "
        "stored before is kept; free disk space there, or set another folder in the environment "
        "variable TRANSFERLEAF_CACHE."
    )
    assert isinstance(caught.value, OSError)


def test_a_full_disk_is_an_error_and_loses_nothing_stored(folder, space, full_disk):
    fill(space, [1])

    with pytest.raises(FeatureStoreError, match="No space left on device"):
        add_and(space, [2], then=full_disk)

    assert open_space(folder).missing(keys([1, 2])) == [1]


def test_a_disk_that_fills_up_while_adding_is_the_error_of_adding(
    space, small_shards, full_disk, recwarn
):
    full_disk()

    with pytest.raises(FeatureStoreError):
        add_and(space, range(4), then=lambda: pytest.fail("the fourth row must not be added"))

    assert list(recwarn) == []


def test_a_full_disk_does_not_hide_what_ended_the_block(space, full_disk):
    def fill_disk_and_interrupt():
        full_disk()
        raise KeyboardInterrupt

    with (
        pytest.warns(FeatureStoreWarning, match="No space left on device"),
        pytest.raises(KeyboardInterrupt),
    ):
        add_and(space, [1], then=fill_disk_and_interrupt)


def test_a_store_that_is_cleared_during_writing_is_created_again(folder, space):
    with space.writer() as out:
        shutil.rmtree(folder)
        out.add(keys([1]), rows([1]))

    assert open_space(folder).missing(keys([1])) == []


def test_rows_of_another_shape_are_refused(space):
    with pytest.raises(ConfigError) as caught, space.writer() as out:
        out.add(keys([1, 2]), rows([1]))

    assert str(caught.value) == "rows='shape (1, 3)' must have shape (2, 3)."


def test_a_key_of_another_length_is_refused(space):
    with pytest.raises(ConfigError, match="must have 32 bytes each"), space.writer() as out:
        out.add([b"short"], rows([1]))


def test_values_that_exceed_the_type_are_refused(folder):
    space = FeatureStore(folder).space({}, shape=(3,), dtype="int8")

    with pytest.raises(TypeError), space.writer() as out:
        out.add(keys([1]), rows([1]))
