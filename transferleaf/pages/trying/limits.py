"""Limits of requests, so that nobody can fill the memory, the disk or the queue."""

from __future__ import annotations

from dataclasses import dataclass

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of requests; ``datasets/photos/limits.py`` has the limit of pixels.

    Attributes:
        photo_bytes: Maximum size of a photo. Photos of phones have 3 to 15 MB.
        request_bytes: Maximum size of all photos of a request.
        photos: Maximum number of photos in a request.
        requests: Maximum number of simultaneous requests, including waiting ones.
        upload_seconds: Maximum time to receive the photos of a request.
    """

    photo_bytes: int = 50 * _MEGABYTE
    request_bytes: int = 100 * _MEGABYTE
    photos: int = 32
    requests: int = 32
    upload_seconds: float = 120.0
