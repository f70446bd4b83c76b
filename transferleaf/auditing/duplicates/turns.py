"""The eight rotations and reflections of a photo, and their effect on hash and thumbnail."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint64]
Thumbnails: TypeAlias = NDArray[np.uint8]

_WAVES = 8
_ODD = np.arange(_WAVES) % 2 == 1


class Turn(Enum):
    """The transformation from one photo to the other. The value is its name.

    >>> Turn.LEFT.value
    'turned left'
    """

    NONE = "not turned"
    LEFT = "turned left"
    HALF = "turned upside down"
    RIGHT = "turned right"
    MIRRORED = "mirrored left to right"
    MIRRORED_LEFT = "mirrored and turned left"
    FLIPPED = "mirrored top to bottom"
    MIRRORED_RIGHT = "mirrored and turned right"

    @property
    def mirrored(self) -> bool:
        """Whether it mirrors left to right before it rotates."""
        return _ORDER.index(self) >= 4

    @property
    def quarters(self) -> int:
        """Number of rotations by 90 degrees to the left, in [0, 3]."""
        return _ORDER.index(self) % 4

    @property
    def undone(self) -> Turn:
        """The inverse transformation.

        >>> Turn.LEFT.undone.value, Turn.MIRRORED_LEFT.undone.value
        ('turned right', 'mirrored and turned left')
        """
        # A reflection is its own inverse, also combined with a rotation.
        return self if self.mirrored else _ORDER[-self.quarters % 4]


_ORDER = tuple(Turn)


def turned_hashes(hashes: Hashes, turn: Turn) -> Hashes:
    """Return the perceptual hashes of the transformed photos.

    Args:
        hashes: Shape ``(n,)``, ``uint64``, big-endian.
        turn: The transformation.

    Returns:
        Shape ``(n,)``, ``uint64``.
    """
    # Axes: photo, vertical frequency, horizontal frequency.
    signs = np.unpackbits(hashes.astype(">u8").view(np.uint8)).reshape(-1, _WAVES, _WAVES) > 0
    if turn.mirrored:
        signs = signs ^ _ODD
    for _ in range(turn.quarters):
        # A rotation to the left is a transposition followed by a vertical flip.
        signs = signs.transpose(0, 2, 1) ^ _ODD[:, None]
    packed = np.packbits(signs.reshape(-1, _WAVES * _WAVES), axis=1)
    return packed.view(">u8").ravel().astype(np.uint64)


def turned_thumbnails(thumbnails: Thumbnails, turn: Turn) -> Thumbnails:
    """Transform square pictures.

    Args:
        thumbnails: Shape ``(n, side, side, 3)``.
        turn: The transformation.
    """
    mirrored = thumbnails[:, :, ::-1] if turn.mirrored else thumbnails
    return np.rot90(mirrored, turn.quarters, axes=(1, 2))
