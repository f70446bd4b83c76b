"""Links between the two languages of the site, and a note on pages that are not translated."""

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
        name: Its name in the language itself.
        folder: The folder of its pages, relative to the whole site.
    """

    code: str
    name: str
    folder: str


ENGLISH = Language(code="en", name="English", folder="")
KOREAN = Language(code="ko", name="한국어", folder="ko/")


def address_in(other: Language, here: Language, page: str, content_root: str) -> str:
    """Return the address of the page in the other language, relative to this page.

    ``content_root`` leads from the page to the folder of its own language, as in ``"../"``.
    """
    up = "../" * here.folder.count("/")
    return f"{content_root}{up}{other.folder}{page}.html"


def is_mostly_english(doctree: nodes.document) -> bool:
    """Return whether most messages of the page have no translation."""
    progress = doctree.get("translation_progress", {"total": 0, "translated": 0})
    return bool(2 * progress["translated"] < progress["total"])


def tell_the_template(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Pass the other language to ``page.html``, and the English text of an untranslated page."""
    here, other = (KOREAN, ENGLISH) if app.config.language == "ko" else (ENGLISH, KOREAN)
    address = address_in(other, here, page, context["content_root"])
    context["other_language"] = {**asdict(other), "address": address}
    context["is_english_inside"] = (
        here is not ENGLISH and doctree is not None and is_mostly_english(doctree)
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the links."""
    app.connect("html-page-context", tell_the_template)
    return {"parallel_read_safe": True}
