"""The pages of the documentation and the README, and their code blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SITE = ROOT / "docs"
PAGES = [
    *sorted(page for page in _SITE.rglob("*.md") if "_build" not in page.parts),
    ROOT / "README.md",
    ROOT / "README.ko.md",
]

_FENCE = re.compile(r"^( *)```([\w-]+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block on a page.

    Attributes:
        page: The page.
        line: The line after the fence, starting with 1.
        language: The language of the fence, such as ``"python"``.
        text: The content, without the indentation of the fence.
    """

    page: Path
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        """The location of the block."""
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def blocks(language: str) -> list[Block]:
    """Return the blocks of all pages in a language."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            indent, named, code = match.groups()
            if named == language:
                line = text.count("\n", 0, match.start()) + 2
                plain = re.sub(rf"^{indent}", "", code, flags=re.MULTILINE)
                found.append(Block(page, line, named, plain))
    return found
