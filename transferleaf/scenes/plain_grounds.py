"""Detection of laboratory photos: nearly all show a leaf on a plain background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.errors import PhotoError
from transferleaf.scenes.leaf_mask import find_leaf

FEWEST = 50
"""The minimum number of photos for a result."""

# A photo takes about 20 ms. 60 photos are enough to distinguish shares of 0.8 and 0.95.
_LOOKED_AT = 60
_MOST_ARE_PLAIN = 0.8  # some leaves on a plain background fill the photo and are not detected
_SIDE = 128  # pixels, the size that ``find_leaf`` uses


@dataclass(frozen=True, slots=True)
class PlainGrounds:
    """The number of photos with a leaf on a plain background.

    Attributes:
        plain: Number of photos with such a leaf.
        looked_at: Number of photos that were examined.

    >>> PlainGrounds(57, 60).is_laboratory, PlainGrounds(20, 20).is_laboratory
    (True, False)
    """

    plain: int
    looked_at: int

    @property
    def share(self) -> float:
        """Share of the photos, in [0, 1]."""
        return self.plain / max(self.looked_at, 1)

    @property
    def is_laboratory(self) -> bool:
        """Whether nearly all photos have a plain background, and enough photos were examined."""
        return self.looked_at >= FEWEST and self.share >= _MOST_ARE_PLAIN


def look_for_plain_grounds(paths: Sequence[Path]) -> PlainGrounds:
    """Examine up to 60 random photos. Unreadable photos are skipped."""
    chosen = np.sort(np.random.default_rng(0).permutation(len(paths))[:_LOOKED_AT])
    found = [shown for at in chosen if (shown := _is_plain(paths[at])) is not None]
    return PlainGrounds(sum(found), len(found))


def _is_plain(path: Path) -> bool | None:
    try:
        return find_leaf(read_photo(path, _SIDE)) is not None
    except PhotoError:
        return None
