from __future__ import annotations

import re

import pytest

from tests.docs.pages import PAGES, ROOT

_FENCED = re.compile(r"^( *)(`{3,})[^\n]*\n.*?^\1\2$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINKS = [
    (page, link)
    for page in [*PAGES, *(ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md"))]
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    if "://" not in link
]


@pytest.mark.parametrize(
    ("page", "link"), LINKS, ids=[f"{page.relative_to(ROOT)} {link}" for page, link in LINKS]
)
def test_the_target_of_each_link_exists(page, link):
    place, _, heading = link.partition("#")
    target = page.parent / place if place else page

    assert target.exists()
    # Sphinx checks links between the pages of the site.
    if heading and target.suffix == ".md":
        text = _FENCED.sub("", target.read_text(encoding="utf-8"))
        assert heading in {_anchor(found) for found in _HEADING.findall(text)}


def _anchor(heading: str) -> str:
    """Return the anchor of a heading on GitHub and in MyST."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
