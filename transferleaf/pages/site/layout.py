"""Pages laid out from templates, in the language of whoever asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from transferleaf.pages.site.languages import LANGUAGES, Language, language_of
from transferleaf.strangers_text import visible

_HERE = Path(__file__).parent

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The templates and the words of a page, with those that all pages share.

    Attributes:
        environment: Finds templates: the page's own, then the shared ones.
        tables: All words by language and key.
    """

    environment: Environment
    tables: Mapping[Language, Words]

    @classmethod
    def of(cls, folder: Path) -> Layout:
        """Take the folders ``templates`` and ``words`` of a page."""
        folders = list(dict.fromkeys((folder, _HERE)))
        environment = Environment(
            loader=FileSystemLoader([each / "templates" for each in folders]),
            autoescape=True,  # names of classes and files come from strangers
            finalize=_visible,
            undefined=StrictUndefined,  # a misspelt field is an error, not a blank
            trim_blocks=True,
            lstrip_blocks=True,
        )
        tables = {
            language: {
                key: text
                for each in reversed(folders)
                for key, text in read_words(each, language).items()
            }
            for language in LANGUAGES
        }
        return cls(environment=environment, tables=tables)

    def words(self, request: Request) -> Words:
        """The words in the language of whoever asks."""
        return self.tables[language_of(request)]

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Lay out a template.

        Args:
            request: Whoever asks, for the language.
            template: Its file name.
            status: Of HTTP.
            **values: For the template, which also gets ``words``, ``language`` and ``status``.
        """
        language = language_of(request)
        text = self.environment.get_template(template).render(
            words=self.tables[language],
            language=language,
            languages=LANGUAGES,
            status=status,
            **values,
        )
        return HTMLResponse(text.encode("utf-8", errors="replace"), status)


def read_words(folder: Path, language: Language) -> dict[str, str]:
    """Read the words of a page in one language, by key."""
    words: dict[str, str] = json.loads((folder / "words" / f"{language}.json").read_text("utf-8"))
    return words


def _visible(value: Any) -> Any:
    """Spell out what turns the direction of writing, in all text but the page's own."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


SITE = Layout.of(_HERE)
"""The shared templates and words alone."""
