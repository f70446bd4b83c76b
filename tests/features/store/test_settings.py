from __future__ import annotations

import pytest

from transferleaf.errors import ConfigError
from transferleaf.features.store.settings import cache_limit, parse_size


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


def test_an_invalid_size_names_the_variable(monkeypatch):
    monkeypatch.setenv("TRANSFERLEAF_CACHE_LIMIT", "plenty")

    with pytest.raises(ConfigError) as caught:
        cache_limit()

    assert str(caught.value) == (
        'TRANSFERLEAF_CACHE_LIMIT=\'plenty\' must be a size above 0, such as "20GB" or "500 MB".'
    )


@pytest.mark.parametrize("limit", [0, -5, 2.5, "20GB"])
def test_an_invalid_number_of_bytes_is_refused(limit):
    with pytest.raises(ConfigError) as caught:
        cache_limit(limit)

    assert str(caught.value) == f"limit={limit!r} must be a whole number of bytes above 0."
