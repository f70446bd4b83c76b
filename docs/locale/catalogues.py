"""The Korean catalogues, kept in step with the pages: ``make translations``.

Sphinx reads the messages of the pages: a message is a paragraph, a heading, a cell of a table. A
page of ``COMPLETE`` has all of its messages in its catalogue, any other page its title, which the
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
# What the theme writes, such as "On this page", has a catalogue of its own, which is kept by hand.
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
    """Whether the whole page is to be translated."""
    return any(fnmatch(page, pattern) for pattern in COMPLETE)


def messages_of_pages() -> dict[str, Catalog]:
    """Read what is to be translated of each page, by the page's name, such as ``"index"``."""
    with tempfile.TemporaryDirectory() as folder:
        # Docstrings would need TensorFlow, and of the reference only the titles are translated.
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
    """Read a catalogue; one that is not there is empty."""
    if not path.exists():
        return Catalog(locale="ko")
    with path.open("rb") as file:
        return read_po(file, locale="ko")


def refreshed(translated: Catalog, messages: Catalog) -> Catalog:
    """Bring translations to the messages of today.

    A message that is new is empty. If it resembles an earlier one, it has the translation of that
    one, is marked fuzzy, and is not shown until somebody has looked. Code stays as it is.
    """
    translated.update(messages, update_header_comment=False)
    for message in translated:
        if message.id and not re.sub(r"`[^`]*`|\W", "", message.id):
            message.string = message.id
            message.flags.discard("fuzzy")
    return translated


def written(catalog: Catalog, page: str) -> str:
    """A catalogue as text, without what changes by itself: dates, line numbers, old messages."""
    for message in catalog:
        message.flags.discard("python-format")  # guessed from any per cent sign
    text = BytesIO()
    write_po(text, catalog, width=90, no_location=True, omit_header=True, ignore_obsolete=True)
    return _HEADER.format(page=page) + text.getvalue().decode().strip() + "\n"


def with_outputs_of(english: str, korean: str) -> str:
    """The Korean page with what the code of the English one printed: its blocks of ``text``."""
    outputs = iter(_OUTPUT.findall(english))
    return _OUTPUT.sub(lambda block: next(outputs, block.group()), korean)


def untranslated(catalog: Catalog) -> list[str]:
    """The messages that have no translation, or one that nobody has looked at."""
    messages = (message for message in catalog if message.id)
    return [str(message.id) for message in messages if not message.string or message.fuzzy]


def _title_of(template: Catalog) -> Catalog:
    title = Catalog()
    for message in list(template)[1:2]:
        title.add(message.id)
    return title


def main() -> None:
    """Refresh the catalogues, and say what is to be done."""
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
