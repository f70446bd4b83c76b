"""Hashes and thumbnails of photos, as arrays."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transferleaf.auditing.duplicates.hash_search import Positions
from transferleaf.auditing.duplicates.likeness import has_detail
from transferleaf.auditing.duplicates.turns import Hashes, Thumbnails
from transferleaf.auditing.facts.photo_facts import THUMBNAIL_SIDE, PhotoFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Hashes and thumbnails of some photos.

    Attributes:
        photos: Their indices among all photos, ascending, shape ``(n,)``.
        hashes: Perceptual hashes, shape ``(n,)``, ``uint64``.
        thumbnails: Shape ``(n, 16, 16, 3)``, ``uint8``, RGB in [0, 255].
    """

    photos: Positions
    hashes: Hashes
    thumbnails: Thumbnails

    def chosen(self, chosen: NDArray[np.bool_]) -> Looks:
        """Select the photos for which ``chosen``, shape ``(n,)``, is true."""
        return Looks(
            photos=self.photos[chosen],
            hashes=self.hashes[chosen],
            thumbnails=self.thumbnails[chosen],
        )


def looks_of(facts: Sequence[PhotoFacts], *, without: Container[int]) -> Looks:
    """Collect the hashes and thumbnails of readable photos that have content.

    Args:
        facts: Facts of each photo.
        without: Indices of photos that are left out.
    """
    seen = [
        (position, each.perceptual_hash, each.thumbnail)
        for position, each in enumerate(facts)
        if each.perceptual_hash is not None and each.thumbnail is not None
        if position not in without
    ]
    hashes = b"".join(hashed for _, hashed, _ in seen)
    thumbnails = np.frombuffer(b"".join(thumbnail for *_, thumbnail in seen), dtype=np.uint8)
    looks = Looks(
        photos=np.array([position for position, *_ in seen], dtype=np.intp),
        hashes=np.frombuffer(hashes, dtype=">u8").astype(np.uint64),
        thumbnails=thumbnails.reshape(-1, THUMBNAIL_SIDE, THUMBNAIL_SIDE, 3),
    )
    return looks.chosen(has_detail(looks.thumbnails))
