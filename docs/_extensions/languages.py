"""One site in two languages: a page links to itself in the other, and says if it is English."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the site.

    Attributes:
        code: As in ``lang``, such as ``"ko"``.
        name: What its readers call it.
        folder: Where its pages lie, from the folder of the whole site.
    """

    code: str
    name: str
    folder: str


ENGLISH = Language(code="en", name="English", folder="")
KOREAN = Language(code="ko", name="한국어", folder="ko/")


def address_in(other: Language, here: Language, page: str, content_root: str) -> str:
    """Where the page lies in the other language, seen from here.

    ``content_root`` leads from the page to the folder of its own language, as in ``"../"``.
    """
    up = "../" * here.folder.count("/")
    return f"{content_root}{up}{other.folder}{page}.html"


def is_mostly_english(doctree: nodes.document) -> bool:
    """Whether more messages of the page lack a translation than have one; Sphinx counts them."""
    progress = doctree.get("translation_progress", {"total": 0, "translated": 0})
    return bool(2 * progress["translated"] < progress["total"])


def tell_the_template(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give ``page.html`` the other language, and the English text of a page not translated yet."""
    here, other = (KOREAN, ENGLISH) if app.config.language == "ko" else (ENGLISH, KOREAN)
    address = address_in(other, here, page, context["content_root"])
    context["other_language"] = {**asdict(other), "address": address}
    context["is_english_inside"] = (
        here is not ENGLISH and doctree is not None and is_mostly_english(doctree)
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx of the links."""
    app.connect("html-page-context", tell_the_template)
    return {"parallel_read_safe": True}
