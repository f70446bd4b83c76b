"""The facts of a photo file that an audit needs."""

from __future__ import annotations

from dataclasses import dataclass

BORDER_POINTS = 16
"""How many places along a photo's edge its ``border`` describes."""

THUMBNAIL_SIDE = 16
"""Height and width of a ``thumbnail``, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """The facts of a photo file, without its name. Copies of a file have equal facts.

    Pixels are those that training sees: upright RGB in [0, 255] from ``read_photo``, stretched to
    256 x 256, so that photos of several sizes compare. Of a broken file only the first three are
    known; the others are ``None``.

    Attributes:
        sha256: SHA-256 of the file's bytes, 64 hexadecimal digits; ``None`` if they cannot be had.
        nbytes: Size of the file, in bytes; ``None`` if it cannot be had.
        error: Why the file cannot be read as a photo, in the words of ``PhotoError``; ``None``
            if it can.
        format: Pillow's name of the format, such as ``"JPEG"``.
        mode: Pillow's name of the kind of pixels, such as ``"RGB"`` or ``"CMYK"``.
        width: Width of the upright photo, in pixels.
        height: Height of the upright photo, in pixels.
        turned: Whether the file asks to be turned or mirrored (EXIF orientation 2 to 8).
        frames: Pictures in the file; more than 1 in an animation or a document of many pages.
        camera: Maker and model from the EXIF data; ``None`` if it names none.
        jpeg_quality: Quality in [1, 100] that the tables of a JPEG speak of, as libjpeg counts
            it; ``None`` for other formats.
        brightness: Mean grey, in [0, 1].
        dark_share: Share of the pixels with a grey below 0.05, in [0, 1]. A dark photo has few
            bright pixels beside; a leaf cut out onto black has both.
        bright_share: Share of the pixels with a grey above 0.95, in [0, 1]; large in an
            over-exposed photo and where the background is white paper.
        sharpness: Variance of the Laplacian of the grey photo (in [0, 255]), at least 0. It is
            measured at 256 x 256: a large photo that is blurred only in its own pixels is sharp
            here, as it is to a network; one that is smaller is enlarged first and less sharp.
        border: Mean colours of 16 squares along the edge of the photo, each a 16th of its sides,
            clockwise from the top left corner: 48 bytes, shape ``(16, 3)``, ``uint8``.
        thumbnail: The photo at 16 x 16: 768 bytes, shape ``(16, 16, 3)``, ``uint8``.
        perceptual_hash: 64 bits as 8 bytes, nearly the same for photos that look the same; see
            ``transferleaf.auditing.facts.perceptual_hash``.
    """

    sha256: str | None
    nbytes: int | None
    error: str | None = None
    format: str | None = None
    mode: str | None = None
    width: int | None = None
    height: int | None = None
    turned: bool | None = None
    frames: int | None = None
    camera: str | None = None
    jpeg_quality: int | None = None
    brightness: float | None = None
    dark_share: float | None = None
    bright_share: float | None = None
    sharpness: float | None = None
    border: bytes | None = None
    thumbnail: bytes | None = None
    perceptual_hash: bytes | None = None
