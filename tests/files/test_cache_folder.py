from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from transferleaf.files.cache_folder import cache_folder


def test_the_default_is_the_cache_folder_of_the_system(monkeypatch):
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


def test_an_argument_has_priority_over_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFERLEAF_CACHE", str(tmp_path / "other"))

    assert cache_folder(tmp_path) == tmp_path


def test_a_tilde_is_the_home_folder():
    assert cache_folder("~/leaves") == Path.home() / "leaves"


def test_a_relative_folder_stays_where_it_was_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    folder = cache_folder("cache")

    assert folder == Path.cwd() / "cache"
