"""Whether photos are from a laboratory: nearly all show a leaf on a plain ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.errors import PhotoError
from transferleaf.scenes.leaf_mask import find_leaf

FEWEST = 50
"""Fewer photos tell nothing."""

# Each takes about 20 ms; 60 tell a share of 0.8 from one of 0.95.
_LOOKED_AT = 60
_MOST_ARE_PLAIN = 0.8  # some leaves on a plain ground fill the photo, and are not recognised
_SIDE = 128  # pixels, what ``find_leaf`` looks at


@dataclass(frozen=True, slots=True)
class PlainGrounds:
    """In how many photos a leaf on a plain ground is found.

    Attributes:
        plain: So many.
        looked_at: Of so many.

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
        """Whether it is nearly all photos, and enough were looked at to say so."""
        return self.looked_at >= FEWEST and self.share >= _MOST_ARE_PLAIN


def look_for_plain_grounds(paths: Sequence[Path]) -> PlainGrounds:
    """Look at up to 60 photos, chosen at random; those that cannot be read are passed over."""
    chosen = np.sort(np.random.default_rng(0).permutation(len(paths))[:_LOOKED_AT])
    found = [shown for at in chosen if (shown := _is_plain(paths[at])) is not None]
    return PlainGrounds(sum(found), len(found))


def _is_plain(path: Path) -> bool | None:
    try:
        return find_leaf(read_photo(path, _SIDE)) is not None
    except PhotoError:
        return None
