from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from transferleaf.auditing.facts import PhotoFacts, clear_facts, facts_cache, facts_cache_size
from transferleaf.auditing.facts.facts_cache import FactsCache
from transferleaf.datasets.photos.file_content import Content

FACTS = PhotoFacts(
    sha256="ab" * 32,
    nbytes=5,
    format="JPEG",
    mode="RGB",
    width=3,
    height=4,
    turned=True,
    frames=1,
    camera="SONY ä",
    jpeg_quality=75,
    brightness=0.1,
    dark_share=1 / 3,
    bright_share=0.0,
    sharpness=1234.567,
    border=bytes(48),
    thumbnail=bytes(range(256)) * 3,
    perceptual_hash=b"\xff" * 8,
)
NAME = "photo-facts-1.sqlite3"


def other(number):
    return PhotoFacts(sha256=f"{number:064x}", nbytes=1, turned=False)


def content(facts, stamp="1 2 3 4"):
    return Content(sha256=facts.sha256, nbytes=facts.nbytes, stamp=stamp, lasting=True)


@pytest.fixture
def filled(tmp_path):
    """A cache that knows one photo, by content and as photo.jpg."""
    FactsCache(tmp_path).remember([FACTS], {tmp_path / "photo.jpg": content(FACTS)})
    return FactsCache(tmp_path)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(facts_cache, "_WAIT_SECONDS", 0.01)


def test_facts_are_recalled_by_content_just_as_they_were(filled):
    assert filled.recall_contents([FACTS.sha256, "cd" * 32]) == {FACTS.sha256: FACTS}


def test_facts_are_recalled_by_an_unchanged_file(filled, tmp_path):
    path = tmp_path / "photo.jpg"

    assert filled.recall_files({path: "1 2 3 4", tmp_path / "other.jpg": "1 2 3 4"}) == {
        path: FACTS
    }


def test_a_file_with_another_stamp_is_not_known(filled, tmp_path):
    assert filled.recall_files({tmp_path / "photo.jpg": "1 2 3 5"}) == {}


def test_a_file_is_known_from_wherever_the_program_is_started(filled, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = (tmp_path / "photo.jpg").relative_to(tmp_path)

    assert filled.recall_files({path: "1 2 3 4"}) == {path: FACTS}


def test_a_changed_file_takes_the_place_of_the_former_one(filled, tmp_path):
    path = tmp_path / "photo.jpg"

    filled.remember([other(1)], {path: content(other(1), "9 9 9 9")})

    assert filled.recall_files({path: "9 9 9 9"}) == {path: other(1)}
    assert filled.recall_files({path: "1 2 3 4"}) == {}


def test_asking_creates_nothing(tmp_path):
    cache = FactsCache(tmp_path / "new")

    assert cache.recall_contents([FACTS.sha256]) == {}
    assert not (tmp_path / "new").exists()


def test_nothing_to_remember_creates_nothing(tmp_path):
    FactsCache(tmp_path / "new").remember([], {})

    assert not (tmp_path / "new").exists()


def test_the_oldest_go_when_there_are_too_many(monkeypatch, tmp_path):
    monkeypatch.setattr(facts_cache, "_MOST_ROWS", 3)
    cache = FactsCache(tmp_path)

    for number in range(5):
        cache.remember([other(number)], {tmp_path / f"{number}": content(other(number))})

    known = cache.recall_contents([other(number).sha256 for number in range(5)])
    assert list(known.values()) == [other(2), other(3), other(4)]


@pytest.mark.parametrize("harm", ["text", "middle"])
def test_a_damaged_cache_is_removed_with_a_warning_and_begun_anew(filled, tmp_path, harm):
    file = tmp_path / NAME
    pages = bytearray(file.read_bytes())
    if harm == "text":
        pages[:] = b"this is no database, however long one looks at it" * 10
    else:
        pages[4096:] = b"x" * (len(pages) - 4096)
    file.write_bytes(pages)

    with pytest.warns(UserWarning, match="it was removed, and the photos are looked at again"):
        known = filled.recall_contents([FACTS.sha256])
    filled.remember([FACTS], {})

    assert known == {}
    assert filled.recall_contents([FACTS.sha256]) == {FACTS.sha256: FACTS}


def test_the_warning_says_which_file_and_what_happened(filled, tmp_path):
    (tmp_path / NAME).write_bytes(b"no database" * 100)

    with pytest.warns(UserWarning, match="cannot be used") as caught:
        filled.remember([other(1)], {})

    assert str(caught[0].message) == (
        f"the cache file '{tmp_path / NAME}' cannot be used: SQLite says 'file is not a "
        "database'; it was removed, and the photos are looked at again"
    )


def test_a_locked_cache_is_waited_for_once(filled, tmp_path, impatient):
    with closing(sqlite3.connect(tmp_path / NAME)) as locker:
        locker.execute("BEGIN EXCLUSIVE")
        during = filled.recall_contents([FACTS.sha256])
        filled.remember([other(1)], {})

    # It is not tried again by the same object: each trial is a wait.
    assert during == filled.recall_contents([FACTS.sha256]) == {}
    assert FactsCache(tmp_path).recall_contents([FACTS.sha256]) == {FACTS.sha256: FACTS}


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path):
    (tmp_path / "file").write_text("mine")
    cache = FactsCache(tmp_path / "file")

    cache.remember([FACTS], {})

    assert cache.recall_contents([FACTS.sha256]) == {}
    assert (tmp_path / "file").read_text() == "mine"


def test_a_database_of_another_kind_is_left_in_peace(tmp_path):
    with closing(sqlite3.connect(tmp_path / NAME)) as tables, tables:
        tables.execute("CREATE TABLE facts (note TEXT)")
        tables.execute("INSERT INTO facts VALUES ('mine')")
    cache = FactsCache(tmp_path)

    cache.remember([FACTS], {})

    assert cache.recall_contents([FACTS.sha256]) == {}
    with closing(sqlite3.connect(tmp_path / NAME)) as tables:
        assert tables.execute("SELECT * FROM facts").fetchall() == [("mine",)]


def test_facts_of_another_version_are_not_used(monkeypatch, filled, tmp_path):
    monkeypatch.setattr(facts_cache, "VERSION", 2)

    assert FactsCache(tmp_path).recall_contents([FACTS.sha256]) == {}


def test_the_size_counts_all_versions(filled, tmp_path):
    (tmp_path / "photo-facts-0.sqlite3").write_bytes(bytes(1000))
    (tmp_path / "mine.sqlite3").write_bytes(bytes(1000))

    assert facts_cache_size(tmp_path) == (tmp_path / NAME).stat().st_size + 1000


def test_clearing_forgets_all_and_says_how_much_that_freed(filled, tmp_path):
    (tmp_path / "photo-facts-0.sqlite3").write_bytes(bytes(1000))
    (tmp_path / "mine.sqlite3").write_bytes(bytes(1000))
    before = facts_cache_size(tmp_path)

    freed = clear_facts(tmp_path)

    assert freed == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine.sqlite3"]
    assert filled.recall_contents([FACTS.sha256]) == {}


def test_a_cache_that_is_not_there_takes_no_room(tmp_path):
    assert (facts_cache_size(tmp_path / "new"), clear_facts(tmp_path / "new")) == (0, 0)
