"""What a request may ask for, so that nobody can fill the memory, the disk or the queue."""

from __future__ import annotations

from dataclasses import dataclass

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of requests; ``datasets/photos/limits.py`` has the limit of pixels.

    Attributes:
        photo_bytes: Of a photo. Phones write 3 to 15 MB.
        request_bytes: Of all photos of a request.
        photos: In a request.
        requests: Requests that are read, wait or are answered at a time.
        upload_seconds: Time for the photos of a request to come in.
    """

    photo_bytes: int = 50 * _MEGABYTE
    request_bytes: int = 100 * _MEGABYTE
    photos: int = 32
    requests: int = 32
    upload_seconds: float = 120.0
