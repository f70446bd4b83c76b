"""Conversion of matplotlib figures to inline SVG for a page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Placeholder colours in figures. The page replaces them by variables of its style sheet, which have
# other values in dark mode.
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
# The font of the page is used instead of matplotlib's.
_FONT = re.compile(r"font-family:[^;]*;?")


def inline_svg(figure: Figure, *, name: str, label: str) -> str:
    """Return a figure as an ``<svg>`` element for HTML.

    Args:
        figure: The figure, drawn with the colours of this module.
        name: Prefix of all ids in the element. It must be unique on the page.
        label: Text alternative of the figure.
    """
    root = ElementTree.fromstring(_as_svg(figure))
    for element in [*root.iter()]:
        for child in [*element]:
            # Metadata is not needed, and a <style> would apply to the whole page.
            if child.tag == f"{_SVG}metadata" or child.find(f"{_SVG}style") is not None:
                element.remove(child)
    for element in root.iter():
        # HTML requires the plain tag name <svg>, without a namespace prefix.
        element.tag = element.tag.removeprefix(_SVG)
        element.attrib = dict(_rewritten(element, name))
    for size in ("width", "height"):
        del root.attrib[size]
    root.attrib.update({"role": "img", "aria-label": label, "class": "chart"})
    return ElementTree.tostring(root, encoding="unicode")


def _as_svg(figure: Figure) -> bytes:
    import matplotlib

    file = io.BytesIO()
    # Text is not converted to paths, and equal reports give equal files.
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
