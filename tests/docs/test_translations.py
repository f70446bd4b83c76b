from __future__ import annotations

import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from docs.locale import catalogues
from tests.docs.pages import ROOT

TRANSLATED = {
    path.relative_to(catalogues.CATALOGUES).with_suffix("").as_posix(): path
    for path in sorted(catalogues.CATALOGUES.rglob("*.po"))
}
each_page = pytest.mark.parametrize("page", sorted(TRANSLATED))


@pytest.fixture(scope="module")
def messages():
    return catalogues.messages_of_pages()


def test_the_catalogues_match_the_pages(messages):
    """If this fails, run ``make translations``."""
    said = {page: _ids(template) for page, template in messages.items()}
    held = {
        page: _ids(catalogues.read_catalogue(path))
        for page, path in TRANSLATED.items()
        if page != catalogues.THEME
    }

    assert held == said


@each_page
def test_every_message_has_a_reviewed_translation(page):
    assert catalogues.untranslated(catalogues.read_catalogue(TRANSLATED[page])) == []


@each_page
def test_a_translation_keeps_code_links_and_emphasis(page):
    pairs = [
        (message.id, message.string)
        for message in catalogues.read_catalogue(TRANSLATED[page])
        if message.id and page != catalogues.THEME
    ]

    changed = [korean for english, korean in pairs if _markup(english) != _markup(korean)]

    assert changed == []


def test_the_translated_texts_of_the_theme_exist():
    spec = find_spec("furo")
    assert spec is not None
    assert spec.origin is not None
    folders = [Path(spec.origin).parent / "theme", ROOT / "docs/_templates"]
    text = "".join(path.read_text("utf-8") for each in folders for path in each.rglob("*.html"))

    gone = [
        said
        for said in _ids(catalogues.read_catalogue(TRANSLATED[catalogues.THEME]))
        if said not in text
    ]

    assert gone == []


def test_a_changed_message_needs_a_review():
    translated = catalogues.Catalog()
    translated.add("Few photos, and how to train on them.", "적은 사진으로 학습하는 법.")
    changed = catalogues.Catalog()
    changed.add("Few photos, and how to train with them.")

    refreshed = catalogues.refreshed(translated, changed)

    (message,) = (message for message in refreshed if message.id)
    assert message.string == "적은 사진으로 학습하는 법."
    assert catalogues.untranslated(refreshed) == ["Few photos, and how to train with them."]


def test_code_needs_no_translator():
    page = catalogues.Catalog()
    page.add("`config.toml`, `split.csv`")

    assert catalogues.untranslated(catalogues.refreshed(catalogues.Catalog(), page)) == []


def test_a_page_that_need_not_be_complete_has_its_title(messages):
    assert not catalogues.is_complete("reference/policies")
    assert _ids(messages["reference/policies"]) == ["Plans and quadrants"]


def test_the_korean_readme_gets_the_output_of_the_english_one():
    english = "Prints\n\n```text\n0.93\n```\n"

    assert catalogues.with_outputs_of(english, "출력\n\n```text\n0.91\n```\n") == (
        "출력\n\n```text\n0.93\n```\n"
    )


def test_the_korean_readme_runs_the_same_code_and_has_the_same_figures():
    english = catalogues.README.read_text("utf-8")
    korean = catalogues.KOREAN_README.read_text("utf-8")

    assert _code(korean) == _code(english)
    assert _figures(korean) == _figures(english)


def _ids(catalog):
    return [message.id for message in catalog if message.id]


def _markup(text):
    """Return what both languages must share: code, links, figures and the number of emphases."""
    found = Counter()
    for token in MarkdownIt().parseInline(text)[0].children:
        if token.type == "code_inline":
            found[token.content] += 1
        elif token.type in ("link_open", "image"):
            found[token.attrGet("href") or token.attrGet("src")] += 1
        elif token.type in ("strong_open", "em_open"):
            found["stressed"] += 1  # Korean text is not set in italics
    return found


def _code(text):
    """Return the fenced blocks without comments, which are translated."""
    fences = re.findall(r"^```\w+\n.*?^```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(r" +#.*", "", fence) for fence in fences]


def _figures(text):
    """Return the numbers in each row of the tables."""
    rows = re.findall(r"^\|.*\|$", text, re.MULTILINE)
    return [sorted(re.findall(r"\d[\d.,]*", row)) for row in rows]
