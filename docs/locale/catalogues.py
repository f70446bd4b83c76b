"""Update of the Korean catalogues from the pages: ``make translations``.

Sphinx extracts the messages of the pages: paragraphs, headings and table cells. For a page in
``COMPLETE``, the catalogue contains all messages, for other pages only the title, which the
navigation shows.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

DOCS = Path(__file__).parents[1]
README, KOREAN_README = DOCS.parent / "README.md", DOCS.parent / "README.ko.md"
CATALOGUES = DOCS / "locale/ko/LC_MESSAGES"

COMPLETE = (
    "index",
    "from-the-blog-post",
    "examples",
    "command-line",
    "tracking",
    "measurements",
    "tutorial/*",
    "how-to/*",
    "explanation/*",
    "reference/index",
)
# The texts of the theme, such as "On this page", have a separate catalogue, which is edited by
# hand.
THEME = "sphinx"

_OUTPUT = re.compile(r"^```text\n.*?^```$", re.MULTILINE | re.DOTALL)
_HEADER = """\
# Korean of docs/{page}.md. The terms are in docs/locale/README.md.
msgid ""
msgstr ""
"Language: ko\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def is_complete(page: str) -> bool:
    """Return whether the whole page is translated."""
    return any(fnmatch(page, pattern) for pattern in COMPLETE)


def messages_of_pages() -> dict[str, Catalog]:
    """Return the messages of each page, by page name, such as ``"index"``."""
    with tempfile.TemporaryDirectory() as folder:
        # Docstrings would need TensorFlow, and only the titles of the reference are translated.
        sphinx = [sys.executable, "-m", "sphinx", "--builder", "gettext", "-Q"]
        subprocess.run([*sphinx, "--tag", "without_docstrings", DOCS, folder], check=True)
        templates = {
            path.relative_to(folder).with_suffix("").as_posix(): read_catalogue(path)
            for path in sorted(Path(folder).rglob("*.pot"))
        }
    return {
        page: template if is_complete(page) else _title_of(template)
        for page, template in templates.items()
        if page != THEME
    }


def read_catalogue(path: Path) -> Catalog:
    """Read a catalogue, or return an empty one if the file does not exist."""
    if not path.exists():
        return Catalog(locale="ko")
    with path.open("rb") as file:
        return read_po(file, locale="ko")


def refreshed(translated: Catalog, messages: Catalog) -> Catalog:
    """Update translations to the current messages.

    A new message has no translation. If it is similar to an earlier one, it gets that translation,
    is marked as fuzzy, and is not shown until it is reviewed. Code is not translated.
    """
    translated.update(messages, update_header_comment=False)
    for message in translated:
        if message.id and not re.sub(r"`[^`]*`|\W", "", message.id):
            message.string = message.id
            message.flags.discard("fuzzy")
    return translated


def written(catalog: Catalog, page: str) -> str:
    """Return a catalogue as text, without dates, line numbers and old messages."""
    for message in catalog:
        message.flags.discard("python-format")  # wrongly detected from percent signs
    text = BytesIO()
    write_po(text, catalog, width=90, no_location=True, omit_header=True, ignore_obsolete=True)
    return _HEADER.format(page=page) + text.getvalue().decode().strip() + "\n"


def with_outputs_of(english: str, korean: str) -> str:
    """Return the Korean page with the output blocks (``text``) of the English one."""
    outputs = iter(_OUTPUT.findall(english))
    return _OUTPUT.sub(lambda block: next(outputs, block.group()), korean)


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages without a reviewed translation."""
    messages = (message for message in catalog if message.id)
    return [str(message.id) for message in messages if not message.string or message.fuzzy]


def _title_of(template: Catalog) -> Catalog:
    title = Catalog()
    for message in list(template)[1:2]:
        title.add(message.id)
    return title


def main() -> None:
    """Update the catalogues, and print what must be translated."""
    messages = messages_of_pages()
    for path in CATALOGUES.rglob("*.po"):
        page = path.relative_to(CATALOGUES).with_suffix("").as_posix()
        if page not in messages and page != THEME:
            path.unlink()
    for page, template in messages.items():
        path = CATALOGUES / f"{page}.po"
        catalog = refreshed(read_catalogue(path), template)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(catalog, page), encoding="utf-8")
        if missing := len(untranslated(catalog)):
            print(f"{path.relative_to(DOCS)}: {missing} to be translated")
    korean = with_outputs_of(README.read_text("utf-8"), KOREAN_README.read_text("utf-8"))
    KOREAN_README.write_text(korean, encoding="utf-8")


if __name__ == "__main__":
    main()
