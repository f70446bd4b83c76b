from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from transferleaf.features.store import FeatureStoreWarning, file_digests
from transferleaf.features.store.file_digests import FileDigests


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache" / "file-digests.sqlite3"


def test_what_is_remembered_is_recalled_in_a_later_run(file):
    FileDigests(file).remember([(b"/a", "1", b"digest of a"), (b"/b", "1", b"digest of b")])

    known = FileDigests(file).recall({b"/a": "1", b"/b": "2", b"/c": "1"})

    assert known == {b"/a": b"digest of a"}


def test_a_file_has_one_digest_the_latest(file):
    digests = FileDigests(file)
    digests.remember([(b"/a", "1", b"old")])
    digests.remember([(b"/a", "2", b"new")])

    assert digests.recall({b"/a": "1"}) == {}
    assert digests.recall({b"/a": "2"}) == {b"/a": b"new"}


def test_paths_with_invalid_unicode_are_remembered(file):
    path = b"/leaf-\xff.jpg"
    FileDigests(file).remember([(path, "1", b"digest")])

    assert FileDigests(file).recall({path: "1"}) == {path: b"digest"}


def test_recalling_and_remembering_nothing_touches_no_disk(file):
    FileDigests(file).recall({b"/a": "1"})
    FileDigests(file).remember([])

    assert not file.parent.exists()


def test_the_oldest_are_forgotten_when_there_are_too_many(file, monkeypatch):
    monkeypatch.setattr(file_digests, "_MAX_FILES", 2)
    digests = FileDigests(file)
    for name in (b"/a", b"/b", b"/c"):
        digests.remember([(name, "1", name)])

    known = digests.recall({b"/a": "1", b"/b": "1", b"/c": "1"})

    assert sorted(known) == [b"/b", b"/c"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: b"my shopping list " * 300, id="foreign"),
        pytest.param(lambda content: content[:100] + b"\xff" * 8000, id="overwritten"),
    ],
)
def test_a_damaged_table_is_removed_reported_and_created_again(file, damage):
    digests = FileDigests(file)
    digests.remember([(b"/a", "1", b"digest")])
    file.write_bytes(damage(file.read_bytes()))

    with pytest.warns(FeatureStoreWarning, match=r"cannot be used: SQLite says .*was removed"):
        known = digests.recall({b"/a": "1"})
    digests.remember([(b"/a", "1", b"digest")])

    assert known == {}
    assert digests.recall({b"/a": "1"}) == {b"/a": b"digest"}


def test_an_empty_file_is_an_empty_table(file):
    file.parent.mkdir()
    file.touch()

    assert FileDigests(file).recall({b"/a": "1"}) == {}


def test_a_table_that_another_process_locks_counts_as_empty(file, monkeypatch):
    digests = FileDigests(file)
    digests.remember([(b"/a", "1", b"digest")])
    monkeypatch.setattr(file_digests, "_WAIT_SECONDS", 0)

    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        locked = digests.recall({b"/a": "1"})
        digests.remember([(b"/b", "1", b"digest")])

    assert locked == {}
    assert digests.recall({b"/a": "1", b"/b": "1"}) == {b"/a": b"digest"}


def test_a_folder_that_cannot_be_created_only_costs_time(tmp_path):
    (tmp_path / "cache").write_text("a file is in the way")
    digests = FileDigests(tmp_path / "cache" / "digests")

    digests.remember([(b"/a", "1", b"digest")])

    assert digests.recall({b"/a": "1"}) == {}
    assert digests.nbytes == 0


def test_clearing_forgets_all_and_says_how_much(file):
    digests = FileDigests(file)
    digests.remember([(b"/a", "1", b"digest")])
    size = digests.nbytes

    assert size > 0
    assert digests.clear() == size
    assert not file.exists()
