from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from docs._extensions.korean_search import SearchKorean
from docs._extensions.languages import ENGLISH, KOREAN, address_in
from docs.locale import catalogues

_INDEX = "# Home\n\n```{toctree}\nexplanation/batch-norm\nreference/stability\n```\n"


@pytest.fixture(scope="module")
def korean_site(tmp_path_factory):
    """Two pages in Korean, one translated and one not, built with the project's settings."""
    source, site = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    (source / "index.md").write_text(_INDEX, "utf-8")
    for page in ("explanation/batch-norm.md", "reference/stability.md"):
        (source / page).parent.mkdir()
        shutil.copy(catalogues.DOCS / page, source / page)
    shutil.copytree(catalogues.CATALOGUES, source / "locale/ko/LC_MESSAGES")
    settings = ["--conf-dir", catalogues.DOCS, "--define", "language=ko"]
    sphinx = [sys.executable, "-m", "sphinx", "-Q", "--tag", "without_docstrings", *settings]
    subprocess.run([*sphinx, source, site], check=True)
    return site


def test_a_page_is_in_korean_and_leads_to_the_english_one(korean_site):
    page = (korean_site / "explanation/batch-norm.html").read_text("utf-8")

    assert '<html class="no-js" lang="ko"' in page
    assert "동결과 배치 정규화" in page
    assert re.search(r'<link rel="alternate" hreflang="en" href="([^"]+)"', page)[1] == (
        "../../explanation/batch-norm.html"
    )
    assert '<div lang="en">' not in page


def test_a_page_that_is_not_translated_says_so_and_has_its_title(korean_site):
    page = (korean_site / "reference/stability.html").read_text("utf-8")

    assert "이 페이지의 본문은 영어로 되어 있습니다." in page
    assert '<div lang="en">' in page
    assert re.search(r'<h1 lang="ko">([^<]+)', page)[1] == "API 안정성"


def test_the_search_of_a_korean_page_has_its_stemmer(korean_site):
    code = (korean_site / "_static/language_data.js").read_text("utf-8")

    (used,) = re.findall(r"window\.Stemmer = (\w+);", code) or ["Stemmer"]
    assert re.search(rf"\b{used}\s*=|function {used}\b", code)


@pytest.mark.parametrize(
    ("other", "here", "page", "content_root", "address"),
    [
        (KOREAN, ENGLISH, "index", "./", "./ko/index.html"),
        (KOREAN, ENGLISH, "how-to/index", "../", "../ko/how-to/index.html"),
        (ENGLISH, KOREAN, "index", "./", "./../index.html"),
        (ENGLISH, KOREAN, "how-to/index", "../", "../../how-to/index.html"),
    ],
)
def test_a_page_links_to_itself_in_the_other_language(other, here, page, content_root, address):
    assert address_in(other, here, page, content_root) == address


def test_a_korean_word_is_found_with_its_particles():
    words = SearchKorean({}).split("Keras의 층을 동결하고")

    assert {"Keras", "층", "동결", "동결하고"} <= set(words)
