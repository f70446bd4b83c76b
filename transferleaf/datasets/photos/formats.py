"""The image formats that are read as photos. All other formats of Pillow are refused.

Otherwise Pillow would run Ghostscript on a PostScript file that is named like a JPEG.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from PIL import Image

from transferleaf.errors import PhotoError


def _available(*formats: str) -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in formats if name in Image.OPEN)


# The most common formats come first. JPEG also opens files of phones with several pictures (MPO).
# AVIF needs Pillow 11.3.
# too; AVIF needs Pillow 11.3.
PHOTO_FORMATS = _available("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")

_STARTS = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "TIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "GIF": (b"GIF87a", b"GIF89a"),
}

# Brands of HEIC files in bytes 4 to 12.
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF = (b"avif", b"avis")


def begins_as(path: Path) -> str | None:
    """Return the format that the first bytes of a file indicate, or ``None`` if unknown."""
    with path.open("rb") as file:
        head = file.read(12)
    known = (name for name, starts in _STARTS.items() if head.startswith(starts))
    return next(known, "WebP" if head[:4] == b"RIFF" and head[8:] == b"WEBP" else None)


def says_it_is_heif(path: Path) -> bool:
    """Return whether the first bytes of a file are those of HEIC or AVIF."""
    return _brand(path) in (*_HEIC, *_AVIF)


def open_heif(path: Path) -> Image.Image:
    """Open a HEIC photo, or an AVIF photo with an older Pillow, as a Pillow image.

    Raises:
        PhotoError: The required package is not installed.
    """
    if _brand(path) in _AVIF:
        wish = "it is an AVIF image, which requires Pillow 11.3: pip install --upgrade Pillow"
        if "AVIF" not in PHOTO_FORMATS:
            raise PhotoError(path, wish)
        raise PhotoError(path, "it is a damaged AVIF image.")
    try:
        plugin = import_module("pillow_heif")
    except ImportError:
        wish = 'it is a HEIC image, which requires: pip install "transferleaf[heic]"'
        raise PhotoError(path, wish) from None
    # register_heif_opener would change Pillow for the whole process.
    photo: Image.Image = plugin.HeifImageFile(path)
    return photo


def _brand(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(12)
    return head[8:] if head[4:8] == b"ftyp" else b""
