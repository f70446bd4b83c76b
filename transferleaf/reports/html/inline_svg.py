"""A matplotlib figure as SVG text that can stand in a page among others like it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Stand-ins that figures are drawn with. In the page they become variables of its style sheet,
# which has other values in the dark.
INK = "#010101"
QUIET = "#020202"
RULE = "#030303"
ACCENT = "#040404"
WARM = "#050505"

_VARIABLES = {
    INK: "var(--ink)",
    QUIET: "var(--quiet)",
    RULE: "var(--rule)",
    ACCENT: "var(--accent)",
    WARM: "var(--warm)",
}
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_COLOUR = re.compile("|".join(_VARIABLES))
_REFERENCE = re.compile(r"(?<=url\(#)")
# The page's own font is better than any that matplotlib names.
_FONT = re.compile(r"font-family:[^;]*;?")


def inline_svg(figure: Figure, *, name: str, label: str) -> str:
    """Draw a figure as an ``<svg>`` element for HTML.

    Args:
        figure: Drawn with the colours of this module.
        name: Begins every id in the element; no two on a page may share it.
        label: What the picture shows, for who cannot see it.
    """
    root = ElementTree.fromstring(_as_svg(figure))
    for element in [*root.iter()]:
        for child in [*element]:
            # Metadata says nothing; a <style> would hold for the whole page.
            if child.tag == f"{_SVG}metadata" or child.find(f"{_SVG}style") is not None:
                element.remove(child)
    for element in root.iter():
        # HTML knows an <svg> by its name, and prefixes would be letters of the name to it.
        element.tag = element.tag.removeprefix(_SVG)
        element.attrib = dict(_rewritten(element, name))
    for size in ("width", "height"):
        del root.attrib[size]
    root.attrib.update({"role": "img", "aria-label": label, "class": "chart"})
    return ElementTree.tostring(root, encoding="unicode")


def _as_svg(figure: Figure) -> bytes:
    import matplotlib

    file = io.BytesIO()
    # Text stays text, and a report drawn twice is the same file.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "transferleaf"}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return file.getvalue()


def _rewritten(element: ElementTree.Element, name: str) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key == "id":
            yield key, f"{name}-{value}"
        elif key == _XLINK:
            yield "href", f"#{name}-{value.removeprefix('#')}"
        else:
            coloured = _COLOUR.sub(lambda found: _VARIABLES[found.group()], value)
            yield key, _FONT.sub("", _REFERENCE.sub(f"{name}-", coloured))
