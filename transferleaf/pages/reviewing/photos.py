"""The photos of a review, reduced for the page. Only files of the data set are served."""

from __future__ import annotations

import io
import secrets
from pathlib import Path
from threading import Lock

from PIL import Image
from starlette.responses import Response

from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.errors import PhotoError
from transferleaf.pages.site.failures import Refused
from transferleaf.reviewing.review import Subject

SIDES = (320, 1280)
"""The longer side of a photo in pixels: beside others, and alone."""

_QUALITY = 88
# Maximum number of cached photos. A page requests photos again when the user goes back.
_KEPT_BYTES = 64 * 2**20
# Decisions on changed photos are refused, so a page can cache photos while it is open. Their
# addresses contain a version, because the next review has other photos at the same numbers.
_CACHE = "private, max-age=3600"


class ShownPhotos:
    """Photos by number: first the reviewed photos, then the examples.

    Args:
        subject: What is reviewed.

    Attributes:
        version: A part of the addresses of the photos, different in each process.
    """

    def __init__(self, subject: Subject) -> None:
        self.version = secrets.token_hex(8)
        own = subject.data.paths
        # The examples of a data set are its own photos.
        self._paths = own if subject.examples.own else (*own, *subject.examples.paths)
        self._first_example = 0 if subject.examples.own else len(own)
        self._kept: dict[tuple[int, int], bytes] = {}
        self._lock = Lock()

    def number_of_example(self, example: int) -> int:
        """Return the number of an example."""
        return self._first_example + example

    def answer(self, photo: int, side: int) -> Response:
        """Return a photo as JPEG whose longer side has at most ``side`` pixels.

        Raises:
            Refused: The photo or the size does not exist, or the file cannot be read.
        """
        if photo >= len(self._paths) or side not in SIDES:
            raise Refused(404, "not_found", "this review has no such photo.")
        content = self._kept.get((photo, side))
        if content is None:
            content = _small(self._paths[photo], side)
            self._keep(photo, side, content)
        return Response(content, media_type="image/jpeg", headers={"cache-control": _CACHE})

    def _keep(self, photo: int, side: int, content: bytes) -> None:
        with self._lock:
            self._kept[photo, side] = content
            while sum(map(len, self._kept.values())) > _KEPT_BYTES:
                self._kept.pop(next(iter(self._kept)))


def _small(path: Path, side: int) -> bytes:
    try:
        photo = Image.fromarray(read_photo(path))
    except PhotoError as error:
        raise Refused(410, "unreadable", error.reason) from None
    photo.thumbnail((side, side), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    photo.save(content, "JPEG", quality=_QUALITY)
    return content.getvalue()
