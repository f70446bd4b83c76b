"""Facts from the header of a photo file: format, size and camera."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from transferleaf.auditing.facts.jpeg_quality import jpeg_quality
from transferleaf.datasets.photos.decoding import opened

# Longer values are not the name of a camera.
_CAMERA_CHARACTERS = 80
_TURNED = range(2, 9)
_SIDES_SWAPPED = range(5, 9)
# A photo with previews or a depth map, as phones store it, counts as one photo.
_ONE_SHOT_FORMATS = ("MPO",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """The facts from the header of a photo file; see ``PhotoFacts``."""

    format: str | None
    mode: str
    width: int
    height: int
    turned: bool
    frames: int
    camera: str | None
    jpeg_quality: int | None


def file_facts(path: Path) -> FileFacts:
    """Read the header of a photo.

    Raises:
        PhotoError: The file cannot be read as a photo.
    """
    with opened(path) as photo:
        exif = _exif(photo)
        orientation = exif.get(ExifTags.Base.Orientation)
        # For TIFF, Pillow returns the size after rotation.
        swapped = orientation in _SIDES_SWAPPED and photo.format != "TIFF"
        table = getattr(photo, "quantization", {}).get(0)
        return FileFacts(
            format=photo.format,
            mode=photo.mode,
            width=photo.height if swapped else photo.width,
            height=photo.width if swapped else photo.height,
            turned=orientation in _TURNED,
            frames=_frames(photo),
            camera=camera(exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model)),
            jpeg_quality=None if table is None else jpeg_quality(table),
        )


def camera(make: object, model: object) -> str | None:
    """Join maker and model, without repeating the maker.

    >>> camera("Canon", "Canon EOS 70D"), camera("SONY ", "DSC-W80" + chr(0)), camera(None, "")
    ('Canon EOS 70D', 'SONY DSC-W80', None)
    """
    maker, kind = _text(make), _text(model)
    name = kind if kind.lower().startswith(maker.lower()) else f"{maker} {kind}"
    return name.strip()[:_CAMERA_CHARACTERS] or None


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    # Up to the first null character; the rest is not part of the text.
    shown = (letter if letter.isprintable() else " " for letter in value.split("\0", 1)[0])
    return " ".join("".join(shown).split())


def _exif(photo: Image.Image) -> Any:
    try:
        return photo.getexif()
    except Exception:  # EXIF is often damaged although the pixels are valid
        return {}


def _frames(photo: Image.Image) -> int:
    if photo.format in _ONE_SHOT_FORMATS:
        return 1
    try:
        return int(getattr(photo, "n_frames", 1))
    except Exception:  # a later frame is damaged; only the first one is used, and it was read
        return 1
