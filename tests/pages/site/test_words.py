"""The words of all pages, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.requests import Request

import transferleaf.pages
from transferleaf.pages.site.languages import LANGUAGES, language_of
from transferleaf.pages.site.layout import read_words

PAGES = sorted(path.parent for path in Path(transferleaf.pages.__file__).parent.glob("*/words"))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_both_languages_have_the_same_words_with_the_same_places(page):
    english, korean = (read_words(page, language) for language in LANGUAGES)

    assert english.keys() == korean.keys()
    assert {key: places(text) for key, text in english.items()} == {
        key: places(text) for key, text in korean.items()
    }
    assert list(english) == sorted(english)


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "en"),
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "fr, en;q=0.5, ko;q=0.4", "en"),
        ("", "fr", "en"),
        ("lang=ko", "en", "ko"),
        ("lang=fr", "ko", "ko"),
    ],
)
def test_the_address_goes_before_the_browser(query, header, language):
    headers = [(b"accept-language", header.encode())]

    request = Request({"type": "http", "query_string": query.encode(), "headers": headers})

    assert language_of(request) == language


def places(text):
    """Where values go, such as ``{name}``."""
    return sorted(re.findall(r"\{\w*\}", text))
