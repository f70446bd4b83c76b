"""Division of photos into parts, each with a digest of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transferleaf.errors import ConfigError
from transferleaf.scaling.photo_locations import PhotoLocation

PHOTOS_PER_PART = 1024
"""Photos per part: the rows of the largest store file, and the most that a killed worker loses."""


@dataclass(frozen=True, slots=True)
class Part:
    """Photos that one worker processes at a time.

    Attributes:
        number: Its index, starting with 0.
        photos: Its photos, in order.
    """

    number: int
    photos: tuple[PhotoLocation, ...]

    def digest(self, work: str) -> str:
        """Return a digest of the photos, their states, and the work.

        >>> part = Part(0, (PhotoLocation("1.jpg", "/1.jpg", "12 bytes"),))
        >>> part.digest("predict"), part.digest("predict") == part.digest("other work")
        ('a96f8f5e44bd30e4', False)
        """
        told = json.dumps([work, [(location.name, location.state) for location in self.photos]])
        return hashlib.sha256(told.encode("ascii")).hexdigest()[:16]


def cut(
    locations: Sequence[PhotoLocation], photos_per_part: int = PHOTOS_PER_PART
) -> Iterator[Part]:
    """Divide photos into parts, in order.

    Raises:
        ConfigError: ``photos_per_part`` is not positive.

    >>> locations = [PhotoLocation(name, name, None) for name in "abcde"]
    >>> [len(part.photos) for part in cut(locations, 2)]
    [2, 2, 1]
    """
    if photos_per_part < 1:
        raise ConfigError("photos_per_part", photos_per_part, "be at least 1")
    for number, start in enumerate(range(0, len(locations), photos_per_part)):
        yield Part(number, tuple(locations[start : start + photos_per_part]))
