from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from transferleaf.errors import ConfigError
from transferleaf.training.store.settings import cache_folder, cache_limit, parse_size


def test_without_a_word_the_system_says_where_caches_belong(monkeypatch):
    monkeypatch.delenv("TRANSFERLEAF_CACHE")

    folder = cache_folder()

    assert folder == platformdirs.user_cache_path("transferleaf", appauthor=False)


@pytest.mark.parametrize("variable", ["", None])
def test_an_empty_variable_counts_as_absent(monkeypatch, variable):
    monkeypatch.delenv("TRANSFERLEAF_CACHE")
    if variable is not None:
        monkeypatch.setenv("TRANSFERLEAF_CACHE", variable)

    assert "transferleaf" in cache_folder().parts


def test_the_variable_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path))

    assert cache_folder() == tmp_path


def test_an_argument_goes_before_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / "other"))

    assert cache_folder(tmp_path) == tmp_path


def test_a_tilde_is_the_home_folder():
    assert cache_folder("~/leaves") == Path.home() / "leaves"


def test_a_relative_folder_stays_where_it_was_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    folder = cache_folder("cache")

    assert folder == Path.cwd() / "cache"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("20GB", 20_000_000_000),
        ("500 MB", 500_000_000),
        (" 1.5 tb ", 1_500_000_000_000),
        ("2 GiB", 2 * 1024**3),
        ("64KB", 64_000),
        ("10 B", 10),
        ("4096", 4096),
        ("0", None),
        ("-1GB", None),
        ("1,5 GB", None),
        ("5 parsecs", None),
        ("GB", None),
        ("", None),
    ],
)
def test_sizes_are_read_as_people_write_them(text, size):
    assert parse_size(text) == size


def test_the_default_limit_is_20_gb():
    assert cache_limit() == 20_000_000_000


def test_the_variable_sets_the_limit(monkeypatch):
    monkeypatch.setenv("TRANSFERLEAF_CACHE_LIMIT", "3 MB")

    assert cache_limit() == 3_000_000


def test_an_argument_sets_the_limit_before_the_variable(monkeypatch):
    monkeypatch.setenv("TRANSFERLEAF_CACHE_LIMIT", "3 MB")

    assert cache_limit(7) == 7


def test_a_limit_that_is_no_size_names_the_variable(monkeypatch):
    monkeypatch.setenv("TRANSFERLEAF_CACHE_LIMIT", "plenty")

    with pytest.raises(ConfigError) as caught:
        cache_limit()

    assert str(caught.value) == (
        'TRANSFERLEAF_CACHE_LIMIT=\'plenty\' must be a size above 0, such as "20GB" or "500 MB".'
    )


@pytest.mark.parametrize("limit", [0, -5, 2.5, "20GB"])
def test_a_limit_that_is_no_number_of_bytes_is_refused(limit):
    with pytest.raises(ConfigError) as caught:
        cache_limit(limit)

    assert str(caught.value) == f"limit={limit!r} must be a whole number of bytes above 0."
