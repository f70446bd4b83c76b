"""The facts of a photo file that an audit needs."""

from __future__ import annotations

from dataclasses import dataclass

THUMBNAIL_SIDE = 16
"""Height and width of a ``thumbnail``, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """The facts of a photo file, without its name. Copies of a file have equal facts.

    The pixels are those used in training: upright RGB in [0, 255] from ``read_photo``, resized to
    256 x 256 so that photos of different sizes can be compared. A broken file only has the first
    three facts; the others are ``None``.

    Attributes:
        sha256: SHA-256 of the file's bytes, 64 hexadecimal digits; ``None`` if the file cannot be
            read.
        nbytes: Size of the file, in bytes; ``None`` if unknown.
        error: Why the file cannot be read as a photo, as in ``PhotoError``; ``None`` if it can.
        format: Pillow's name of the format, such as ``"JPEG"``.
        mode: Pillow's mode, such as ``"RGB"`` or ``"CMYK"``.
        width: Width of the upright photo, in pixels.
        height: Height of the upright photo, in pixels.
        turned: Whether the EXIF orientation rotates or mirrors the photo (2 to 8).
        frames: Number of pictures in the file; more than 1 in an animation or multi-page document.
        camera: Maker and model from the EXIF data; ``None`` if unknown.
        jpeg_quality: Quality in [1, 100] estimated from the tables of a JPEG, on the scale of
            libjpeg; ``None`` for other formats.
        brightness: Mean grey, in [0, 1].
        dark_share: Share of the pixels with a grey below 0.05, in [0, 1]. It is large in a dark
            photo and for a leaf on a black background.
        bright_share: Share of the pixels with a grey above 0.95, in [0, 1]; large in an
            over-exposed photo and for a leaf on white paper.
        sharpness: Variance of the Laplacian of the grey photo (in [0, 255]), at least 0. It is
            measured at 256 x 256, about the input size of networks. Blur that is only visible at
            full size does not count, and smaller photos are less sharp because they are enlarged.
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
