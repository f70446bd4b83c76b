"""One photo of a data set, with what is known of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from transferleaf.datasets.photos.decoding import ImageSize, Pixels, read_photo

_THUMBNAIL = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPhoto:
    """What ``data[i]`` gives: nothing is read before ``read`` is called.

    Attributes:
        path: Where the photo lies.
        name: Its place below the data set's root.
        label: Its class number.
        class_name: Its class.
        leaf: The leaf that it shows; ``None`` where unknown.
        part: The publisher's part; ``None`` where there are none.
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
        """Show the photo in a notebook."""
        photo = Image.fromarray(self.read())
        photo.thumbnail((_THUMBNAIL, _THUMBNAIL))
        buffer = io.BytesIO()
        photo.save(buffer, "PNG")
        return buffer.getvalue()
