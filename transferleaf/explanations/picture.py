"""The picture of an explanation: the photo, the heat map and a legend."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from transferleaf.explanations.heat_colours import heat_colours

_SIDE = 400  # longer side of a panel, in pixels
_MARGIN = 12
_LINE = 22  # font size in pixels
_LETTERS = 14
_BAR = 10  # height of the colour bar in pixels
_INK = (32, 32, 32)

Pixels = npt.NDArray[np.uint8]


def picture_of(photo: Pixels, overlay: Pixels, *, title: str, below: str) -> Image.Image:
    """Draw a photo and its overlay side by side, with a title and a legend.

    Args:
        photo: Shape ``(height, width, 3)``, ``uint8``.
        overlay: The photo with the heat map drawn over it, of the same shape.
        title: Text above the panels.
        below: Text under the legend.

    Returns:
        An RGB image. The longer side of each panel is 400 pixels.
    """
    panels = [_panel(photo), _panel(overlay)]
    wide, high = panels[0].size
    size = (2 * wide + 3 * _MARGIN, high + 3 * _LINE + _BAR + 3 * _MARGIN)
    canvas = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(_LETTERS)
    draw.text((_MARGIN, _MARGIN), title, fill=_INK, font=font)
    top = _MARGIN + _LINE
    left = _MARGIN
    for panel in panels:
        canvas.paste(panel, (left, top))
        right = left
        left += wide + _MARGIN
    under = top + high + _MARGIN
    bar = np.tile(heat_colours(np.linspace(0, 1, wide)), (_BAR, 1, 1))
    canvas.paste(Image.fromarray(bar), (right, under))
    words = under + _BAR + 2
    draw.text((right, words), "little evidence", fill=_INK, font=font)
    draw.text((right + wide, words), "most evidence", fill=_INK, font=font, anchor="ra")
    draw.text((_MARGIN, under), "photo", fill=_INK, font=font)
    draw.text((_MARGIN, words + _LINE), below, fill=_INK, font=font)
    return canvas


def _panel(pixels: Pixels) -> Image.Image:
    image = Image.fromarray(pixels)
    factor = _SIDE / max(image.size)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BICUBIC)
