"""Which image formats are read as photos; all others that Pillow knows are left alone.

Pillow would run Ghostscript on a file that calls itself a JPEG and is PostScript.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from PIL import Image

from transferleaf.errors import PhotoError


def _available(*formats: str) -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in formats if name in Image.OPEN)


# Those that photos have most often come first. JPEG opens phones' files of several pictures (MPO)
# too; AVIF needs Pillow 11.3.
PHOTO_FORMATS = _available("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")

_STARTS = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "TIFF": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "GIF": (b"GIF87a", b"GIF89a"),
}

# Brands of the container by the bytes 4 to 12 of the file.
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF = (b"avif", b"avis")


def begins_as(path: Path) -> str | None:
    """The format whose first bytes a file has, whatever follows; ``None`` if of no known one."""
    with path.open("rb") as file:
        head = file.read(12)
    known = (name for name, starts in _STARTS.items() if head.startswith(starts))
    return next(known, "WebP" if head[:4] == b"RIFF" and head[8:] == b"WEBP" else None)


def says_it_is_heif(path: Path) -> bool:
    """Whether a file begins as HEIC and AVIF photos do."""
    return _brand(path) in (*_HEIC, *_AVIF)


def open_heif(path: Path) -> Image.Image:
    """Open a HEIC photo, or one in AVIF where this Pillow cannot, as Pillow opens others.

    Raises:
        PhotoError: The package that reads it is not installed.
    """
    if _brand(path) in _AVIF:
        wish = "it is an AVIF image, which Pillow reads from 11.3: pip install --upgrade Pillow"
        if "AVIF" not in PHOTO_FORMATS:
            raise PhotoError(path, wish)
        raise PhotoError(path, "it is a damaged AVIF image.")
    try:
        plugin = import_module("pillow_heif")
    except ImportError:
        wish = 'it is a HEIC image, and those are read after: pip install "transferleaf[heic]"'
        raise PhotoError(path, wish) from None
    # Not its register_heif_opener: that would change Pillow for the whole process.
    photo: Image.Image = plugin.HeifImageFile(path)
    return photo


def _brand(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(12)
    return head[8:] if head[4:8] == b"ftyp" else b""
