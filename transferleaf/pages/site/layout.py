"""Pages rendered from templates, in the language of the request."""

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
from transferleaf.text.strangers_text import visible

_HERE = Path(__file__).parent

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Templates and texts of a page, including the shared ones.

    Attributes:
        environment: Template environment that finds the page's own templates, then the shared ones.
        tables: All texts by language and key.
    """

    environment: Environment
    tables: Mapping[Language, Words]

    @classmethod
    def of(cls, folder: Path) -> Layout:
        """Load the folders ``templates`` and ``words`` of a page."""
        folders = list(dict.fromkeys((folder, _HERE)))
        environment = Environment(
            loader=FileSystemLoader([each / "templates" for each in folders]),
            autoescape=True,  # names of classes and files are untrusted
            finalize=_visible,
            undefined=StrictUndefined,  # a misspelt field is an error
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
        """Return the texts in the language of a request."""
        return self.tables[language_of(request)]

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Render a template.

        Args:
            request: The request, for the language.
            template: File name of the template.
            status: HTTP status.
            **values: Values for the template, in addition to ``words``, ``language`` and
                ``status``.
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
    """Read the texts of a page in one language, by key."""
    words: dict[str, str] = json.loads((folder / "words" / f"{language}.json").read_text("utf-8"))
    return words


def _visible(value: Any) -> Any:
    """Escape characters that change the direction of writing, except in texts of the page."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


SITE = Layout.of(_HERE)
"""Only the shared templates and texts."""
