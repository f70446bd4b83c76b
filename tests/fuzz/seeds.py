"""Small valid files of every kind, to be damaged."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from transferleaf.datasets.photos.formats import PHOTO_FORMATS


def photo_seeds() -> dict[str, bytes]:
    """Photos of every supported format and colour mode, by name."""
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    rgb = coarse.resize((96, 72), Image.Resampling.BICUBIC)
    grey = Image.fromarray(rng.integers(0, 65536, (40, 30), dtype=np.uint16))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a leaf" * 20
    second = [rgb.rotate(90), rgb.rotate(180)]
    photos = {
        "plain.jpg": _bytes(rgb, "JPEG"),
        "progressive.jpg": _bytes(rgb, "JPEG", progressive=True, exif=exif),
        "profile.jpg": _bytes(rgb, "JPEG", icc_profile=bytes(range(256)) * 12),
        "cmyk.jpg": _bytes(rgb.convert("CMYK"), "JPEG"),
        "grey.jpg": _bytes(rgb.convert("L"), "JPEG"),
        "phone.jpg": _bytes(rgb, "MPO", save_all=True, append_images=second, exif=exif),
        "plain.png": _bytes(rgb, "PNG"),
        "alpha.png": _bytes(rgb.convert("RGBA"), "PNG", exif=exif),
        "palette.png": _bytes(rgb.quantize(16), "PNG", transparency=0),
        "deep.png": _bytes(grey, "PNG"),
        "bits.png": _bytes(rgb.convert("1"), "PNG"),
        "animated.png": _bytes(rgb, "PNG", save_all=True, append_images=second),
        "plain.webp": _bytes(rgb, "WEBP", exif=exif),
        "lossless.webp": _bytes(rgb.convert("RGBA"), "WEBP", lossless=True),
        "animated.webp": _bytes(rgb, "WEBP", save_all=True, append_images=second),
        "plain.tif": _bytes(rgb, "TIFF"),
        "lzw.tif": _bytes(rgb, "TIFF", compression="tiff_lzw"),
        "jpeg.tif": _bytes(rgb, "TIFF", compression="jpeg"),
        "deflate.tif": _bytes(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "float.tif": _bytes(rgb.convert("F"), "TIFF"),
        "cmyk.tif": _bytes(rgb.convert("CMYK"), "TIFF"),
        "plain.bmp": _bytes(rgb, "BMP"),
        "palette.bmp": _bytes(rgb.quantize(16), "BMP"),
        "plain.gif": _bytes(rgb, "GIF"),
        "animated.gif": _bytes(rgb, "GIF", save_all=True, append_images=second),
    }
    if "AVIF" in PHOTO_FORMATS:
        photos["plain.avif"] = _bytes(rgb, "AVIF")
        photos["animated.avif"] = _bytes(rgb, "AVIF", save_all=True, append_images=second)
    return photos


def _bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()
