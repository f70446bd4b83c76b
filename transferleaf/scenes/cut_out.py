"""A leaf cut out of its photo, with a soft edge without the old background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from transferleaf.drawing.texture import Field, smoothstep
from transferleaf.scenes.pieces import Mask, shrunk

_EDGE = 0.012  # half the width of the edge, as a share of the photo's side
_NEAR = 4  # distance over which colours of leaf and background are averaged, in edge widths
_LEAST_CONTRAST = 0.004  # squared difference of colours below which only the mask is used
_TOUCHING = 0.03  # minimum share of the photo's border that a cut-off leaf covers


@dataclass(frozen=True, slots=True, eq=False)
class CutOut:
    """A leaf without its background.

    Attributes:
        colours: Shape ``(height, width, 3)``, RGB in [0, 1]; arbitrary where the opacity is 0.
        opacity: Share of each pixel that the leaf covers, shape ``(height, width)``, in [0, 1].
    """

    colours: Field
    opacity: Field

    @property
    def goes_on(self) -> bool:
        """Whether the leaf is cut off by the border of the photo."""
        rims = (self.opacity[0], self.opacity[-1], self.opacity[:, 0], self.opacity[:, -1])
        return float(np.concatenate(rims).mean()) > _TOUCHING


def cut_out(photo: Field, leaf: Mask) -> CutOut:
    """Cut a leaf out of its photo.

    Pixels along the outline mix leaf and background. The proportion is estimated from the colours
    of the pixel, the leaf and the background nearby. The background is then removed from the
    colour, so that no bright or dark line is visible on another background.

    Args:
        photo: Shape ``(height, width, 3)``, RGB in [0, 1].
        leaf: Mask of the leaf, shape ``(height, width)``; see ``find_leaf``.

    >>> photo = np.full((40, 40, 3), 0.8, np.float32)
    >>> photo[10:30, 10:30] = (0.2, 0.5, 0.1)
    >>> mask = photo[..., 0] < 0.5
    >>> cut_out(photo, mask).opacity[20, [5, 20]].round(2).tolist()
    [0.0, 1.0]
    """
    edge = max(1, round(_EDGE * max(leaf.shape)))
    inner, outer = shrunk(leaf, edge), shrunk(~leaf, edge)
    inside, known_inside = _averaged(photo, inner, _NEAR * edge)
    outside, known_outside = _averaged(photo, outer, _NEAR * edge)
    apart = inside - outside
    contrast = (apart**2).sum(axis=2)
    share = ((photo - outside) * apart).sum(axis=2) / np.maximum(contrast, 1e-6)
    told = known_inside & known_outside & (contrast > _LEAST_CONTRAST)
    share = np.where(told, smoothstep(share, 0.2, 0.95), leaf)
    opacity = np.where(inner, 1, np.where(outer, 0, share)).astype(np.float32)
    # Colour of the leaf in edge pixels; if the leaf covers almost nothing, that of the neighbours.
    pure = (photo - (1 - opacity[..., None]) * outside) / np.maximum(opacity, 0.1)[..., None]
    trust = (smoothstep(opacity, 0.4, 0.9) * told)[..., None]
    near = np.where(known_inside[..., None], inside, photo)
    colours = np.where(inner[..., None], photo, trust * pure + (1 - trust) * near)
    return CutOut(np.clip(colours, 0, 1).astype(np.float32), opacity)


def _averaged(photo: Field, known: Mask, radius: int) -> tuple[Field, Mask]:
    """Return the average of the known colours around each pixel, and where there are any."""
    height, width = known.shape
    small = max(width // radius, 2), max(height // radius, 2)

    def spread(channel: Field) -> Field:
        reduced = Image.fromarray(channel.astype(np.float32)).resize(small, Image.Resampling.BOX)
        return np.asarray(reduced.resize((width, height), Image.Resampling.BILINEAR))

    weight = spread(known.astype(np.float32))
    sums = np.stack([spread(photo[..., channel] * known) for channel in range(3)], axis=2)
    return sums / np.maximum(weight, 1e-4)[..., None], weight > 0.02
