"""A single photo of a data set with its label."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from transferleaf.datasets.photos.decoding import ImageSize, Pixels, read_photo

_THUMBNAIL = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPhoto:
    """The result of ``data[i]``. The file is only read by ``read``.

    Attributes:
        path: Path of the photo.
        name: Path relative to the root of the data set.
        label: Its class index.
        class_name: Its class.
        leaf: The leaf in the photo. ``None`` if unknown.
        part: The published part. ``None`` if there is none.
    """

    path: Path
    name: str
    label: int
    class_name: str
    leaf: str | None
    part: str | None = None

    def read(self, image_size: ImageSize | None = None) -> Pixels:
        """Read the pixels; see ``LeafDataset.read``.

        Returns:
            Shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

        Raises:
            PhotoError: The file cannot be read.
        """
        return read_photo(self.path, image_size)

    def _repr_png_(self) -> bytes:
        """Display the photo in a notebook."""
        photo = Image.fromarray(self.read())
        photo.thumbnail((_THUMBNAIL, _THUMBNAIL))
        buffer = io.BytesIO()
        photo.save(buffer, "PNG")
        return buffer.getvalue()
