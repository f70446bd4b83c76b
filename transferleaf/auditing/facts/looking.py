"""The facts of one photo file. The file is decoded once."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from transferleaf.auditing.facts.appearance import SIDE, appearance
from transferleaf.auditing.facts.file_facts import file_facts
from transferleaf.auditing.facts.photo_facts import PhotoFacts
from transferleaf.datasets.photos.decoding import check_photo, read_photo
from transferleaf.datasets.photos.file_content import Content
from transferleaf.errors import PhotoError


def look_at(path: Path, content: Content) -> PhotoFacts:
    """Return the facts of a photo. For a broken photo, this is the error.

    Args:
        path: The file.
        content: Its content.
    """
    try:
        # Verify checksums, then decode all pixels; each finds damage that the other does not.
        check_photo(path)
        seen = appearance(read_photo(path, SIDE))
        told = file_facts(path)
    except PhotoError as error:
        return PhotoFacts(sha256=content.sha256, nbytes=content.nbytes, error=error.reason)
    return PhotoFacts(sha256=content.sha256, nbytes=content.nbytes, **asdict(told), **asdict(seen))
