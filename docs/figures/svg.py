"""SVG as text: shapes and text at given positions, in CSS pixels.

Text is not converted to paths, so it can be selected, searched and read aloud, and the result does
not depend on installed fonts or libraries.
"""

from __future__ import annotations

import base64
from html import escape

from docs.figures.style import FONTS, TEXT, Look


def document(width: int, height: int, *parts: str, look: Look, language: str, title: str) -> str:
    """Return a complete SVG file.

    Args:
        width: Width of the picture, in pixels.
        height: Height of the picture, in pixels.
        *parts: Its elements, from back to front.
        look: The colours.
        language: The language of the text, such as ``"ko"``.
        title: Description of the picture.
    """
    root = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "font-family": FONTS,
        "font-size": TEXT,
        "fill": look.ink,
        "role": "img",
        "lang": language,
    }
    arrow = element(
        "marker",
        element("path", d="M0 0 L8 4 L0 8 z", fill=look.quiet),
        id="arrow",
        viewBox="0 0 8 8",
        refX=7,
        refY=4,
        markerWidth=8,
        markerHeight=8,
        markerUnits="userSpaceOnUse",
        orient="auto",
    )
    inside = [element("title", escape(title)), element("defs", arrow), *parts]
    return element("svg", "\n" + "\n".join(inside) + "\n", **root) + "\n"


def element(name: str, content: str = "", **attributes: object) -> str:
    """Return an element; ``stroke_width=2`` becomes ``stroke-width="2"``; ``None`` is left out.

    >>> element("rect", x=1.0, y=0.25, stroke_width=2, rx=None)
    '<rect x="1" y="0.25" stroke-width="2"/>'
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def rect(x: float, y: float, width: float, height: float, **attributes: object) -> str:
    """Return a rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """Return a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def arrow(path: str, look: Look, **attributes: object) -> str:
    """Return a line along a path, such as ``"M0 0 H40"``, with an arrow head."""
    looks = {"fill": "none", "stroke": look.quiet, "stroke_width": 1.6, "marker_end": "url(#arrow)"}
    return element("path", d=path, **{**looks, **attributes})


def text(x: float, y: float, words: str, *, leading: float = 18, **attributes: object) -> str:
    """Return text: ``y`` is the baseline of the first line, and ``\\n`` begins a new line."""
    first, *others = words.split("\n")
    content = escape(first, quote=False)
    if others:
        content = "".join(
            element("tspan", escape(each, quote=False), x=x, dy=leading if number else None)
            for number, each in enumerate([first, *others])
        )
    return element("text", content, x=x, y=y, **attributes)


def middle(x: float, y: float, words: str, *, leading: float = 18, **attributes: object) -> str:
    """Return text whose block is centred at a point."""
    rise = (words.count("\n") * leading) / 2
    # A third of the font size moves the centre of the letters to the point.
    foot = y - rise + TEXT * 0.35
    return text(x, foot, words, leading=leading, text_anchor="middle", **attributes)


def picture(x: float, y: float, width: float, height: float, content: bytes, kind: str) -> str:
    """Return an embedded photo or map, with sharp pixels when enlarged."""
    data = base64.b64encode(content).decode("ascii")
    return element(
        "image",
        x=x,
        y=y,
        width=width,
        height=height,
        href=f"data:image/{kind};base64,{data}",
        style="image-rendering:pixelated" if kind == "png" else None,
    )


def _plain(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
