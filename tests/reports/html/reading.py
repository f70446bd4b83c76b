"""Access to the elements of a page, parsed by Python's own parser."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "link", "img", "br", "input"}


class Reading(HTMLParser):
    """The elements of a page in order, closing tags without an element, and unclosed tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.unbalanced: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def values(self, attribute: str) -> list[str | None]:
        """Return all values of an attribute."""
        return [attrs[attribute] for _, attrs in self.elements if attribute in attrs]

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element with one of these tags."""
        return [attrs for tag, attrs in self.elements if tag in tags]
