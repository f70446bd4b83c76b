"""Every unusual kind of file is read correctly or refused with a reason."""

from __future__ import annotations

import io
import os
import struct
import sys
import threading
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from transferleaf.datasets.photos import formats as photo_formats
from transferleaf.datasets.photos.decoding import check_photo, read_photo
from transferleaf.datasets.photos.files import has_photo_ending
from transferleaf.errors import PhotoError

RED = (200, 30, 30)


def red(size=(24, 16)):
    return Image.new("RGB", size, RED)


def saved(path, image=None, **options):
    (image or red()).save(path, **options)
    return path


def lab(path):
    profile, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    seen = ImageCms.applyTransform(red(), ImageCms.buildTransform(srgb, profile, "RGB", "LAB"))
    return saved(path, seen)


def of_16_bits(path):
    """A PNG with 16 bits per channel, which Pillow cannot write."""
    row = b"\0" + struct.pack(">3H", *(257 * value for value in RED)) * 24

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 24, 16, 16, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(row * 16)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))
    return path


def of_a_phone(path):
    """Several pictures in one JPEG, as phones save them."""
    return saved(path, format="MPO", save_all=True, append_images=[Image.new("RGB", (24, 16))])


def with_huge_blocks(path):
    """A JPEG with a colour profile of 3 MB and EXIF of 60 kB."""
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000
    return saved(path, icc_profile=bytes(3_000_000), exif=exif)


def animated(path, **options):
    return saved(path, save_all=True, append_images=[Image.new("RGB", (24, 16))], **options)


@pytest.mark.parametrize(
    ("name", "write", "error"),
    [
        pytest.param("a.jpg", lambda p: saved(p, progressive=True), 4, id="progressive"),
        pytest.param("a.jpg", lambda p: saved(p, red().convert("CMYK")), 6, id="CMYK of Adobe"),
        pytest.param("a.tif", lambda p: saved(p, red().convert("CMYK")), 2, id="CMYK"),
        pytest.param("a.tif", lambda p: saved(p, red().convert("YCbCr")), 4, id="YCbCr"),
        pytest.param("a.tif", lab, 4, id="LAB"),
        pytest.param("a.png", of_16_bits, 0, id="16 bits per channel"),
        pytest.param("a.png", lambda p: saved(p, red().quantize(4)), 2, id="palette"),
        pytest.param("a.png", lambda p: saved(p, red().convert("RGBA")), 0, id="alpha"),
        pytest.param("a.webp", lambda p: saved(p, lossless=True), 0, id="lossless WebP"),
        pytest.param("a.gif", animated, 4, id="animated GIF"),
        pytest.param("a.webp", lambda p: animated(p, lossless=True), 0, id="animated WebP"),
        pytest.param("a.png", animated, 0, id="animated PNG"),
        pytest.param("a.jpg", of_a_phone, 4, id="several pictures"),
        pytest.param("a.jpg", with_huge_blocks, 4, id="huge blocks"),
        pytest.param("a.jpg", lambda p: saved(p, format="PNG"), 0, id="wrong ending"),
        pytest.param("a", lambda p: saved(p, format="PNG"), 0, id="no ending"),
        pytest.param("a.tif", lambda p: saved(p, compression="tiff_lzw"), 0, id="compressed TIFF"),
        pytest.param(
            "a.avif",
            lambda p: saved(p, quality=95),
            6,
            id="AVIF",
            marks=pytest.mark.skipif(
                "AVIF" not in photo_formats.PHOTO_FORMATS, reason="this Pillow has no AVIF"
            ),
        ),
    ],
)
def test_an_unusual_photo_is_read_correctly(tmp_path, name, write, error):
    pixels = read_photo(write(tmp_path / name))

    assert pixels.shape == (16, 24, 3)
    assert np.abs(pixels.astype(int) - RED).max() <= error


@pytest.mark.parametrize("size", [(1, 1), (30_000, 4), (4, 30_000)])
@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_a_pixel_and_a_strip_are_read(tmp_path, size, ending):
    pixels = read_photo(saved(tmp_path / f"a.{ending}", red(size)), 32)

    assert pixels.shape == (32, 32, 3)
    assert np.abs(pixels.astype(int) - RED).max() <= 4


def lying_png(path):
    """A PNG whose header declares 9,000 by 9,000 pixels."""
    content = bytearray(saved(path).read_bytes())
    content[16:24] = struct.pack(">II", 9_000, 9_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)


def bomb(path):
    """A PNG of 12,000 by 12,000 pixels in a few bytes."""
    content = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(content, "PNG")
    path.write_bytes(content.getvalue())


def giant_bomb(path):
    """A header with more than twice Pillow's limit."""
    lying_png(path)
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)


def postscript(path):
    """A file that Pillow would pass to Ghostscript."""
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n")


def grey_of_16_bits(path, brightest):
    """A grey PNG with 16 bits."""
    grey = np.linspace(0, brightest, 384).reshape(16, 24).astype(np.uint16)
    Image.fromarray(grey).save(path, "PNG")


def colours_of_16_bits(path, brightest):
    """An RGB PNG with 16 bits, which Pillow cannot write."""
    values = np.linspace(0, brightest, 16 * 24 * 3).astype(">u2").tobytes()
    rows = b"".join(b"\0" + values[row * 144 : (row + 1) * 144] for row in range(16))
    header = struct.pack(">IIBBBBB", 24, 16, 16, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
    )


@pytest.mark.parametrize("write", [grey_of_16_bits, colours_of_16_bits])
def test_photos_of_16_bits_are_read_with_all_their_light(tmp_path, write):
    write(tmp_path / "a.png", 65_535)

    assert read_photo(tmp_path / "a.png").max() == 255


NO_IMAGE = r"it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image\."


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        pytest.param(lying_png, "it is damaged or in an unusual format", id="header lies"),
        pytest.param(bomb, r"it has 144,000,000 pixels \(12000 x 12000\), more than", id="bomb"),
        pytest.param(giant_bomb, "it has too many pixels, more than 89,478,485", id="giant bomb"),
        pytest.param(postscript, NO_IMAGE, id="PostScript"),
        pytest.param(lambda p: p.write_bytes(bytes(5000)), NO_IMAGE, id="zeros"),
        pytest.param(
            lambda p: p.write_bytes(b"GIF89a"),
            r"it is a damaged GIF image, or of an unsupported kind\.",
            id="a signature alone",
        ),
        pytest.param(
            lambda p: p.write_bytes(b"II*\0" + bytes(90)),
            "it is a damaged TIFF image, or of an unsupported kind, such as float colours; "
            r"save it with 8 bits per channel\.",
            id="an unknown TIFF",
        ),
        pytest.param(
            lambda p: grey_of_16_bits(p, 4095),
            "its 16-bit values end below 4,096 of 65,535, as with 12-bit cameras",
            id="12 bits in 16, grey",
        ),
        pytest.param(
            lambda p: colours_of_16_bits(p, 4095),
            "its 16-bit values end below 4,096 of 65,535, as with 12-bit cameras",
            id="12 bits in 16, colours",
        ),
        pytest.param(
            lambda p: p.write_bytes(b"\0\0\0\x18ftypavif" + bytes(90)),
            "it is a damaged AVIF image|it is an AVIF image, which requires Pillow 11.3",
            id="AVIF without a picture",
        ),
    ],
)
def test_files_that_are_not_photos_are_refused_with_a_reason(tmp_path, write, reason):
    write(tmp_path / "a.png")

    with pytest.raises(PhotoError, match=reason):
        read_photo(tmp_path / "a.png", 32)


def test_heic_names_the_package_that_reads_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as if it were not installed
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(90))

    with pytest.raises(PhotoError) as caught:
        read_photo(tmp_path / "a.heic")

    assert caught.value.reason == (
        'it is a HEIC image, which requires: pip install "transferleaf[heic]"'
    )


def test_heic_is_read_if_its_package_is_installed(tmp_path):
    heif = pytest.importorskip("pillow_heif", reason="the extra heic is not installed")
    heif.from_pillow(red((64, 48))).save(tmp_path / "a.heic", quality=95)

    pixels = read_photo(tmp_path / "a.heic")

    assert pixels.shape == (48, 64, 3)
    assert np.abs(pixels.astype(int) - RED).max() <= 8


@pytest.mark.parametrize("name", ["a.heic", "a.HEIF", "a.avif"])
def test_photos_of_phones_count_as_photos(name):
    assert has_photo_ending(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("look", [read_photo, check_photo])
def test_a_pipe_does_not_block(tmp_path, look):
    os.mkfifo(tmp_path / "a.jpg")

    with pytest.raises(PhotoError, match="it is a device or a pipe, not a file"):
        look(tmp_path / "a.jpg")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every file"
)
def test_a_photo_without_permission_is_named(tmp_path):
    path = saved(tmp_path / "a.png")
    path.chmod(0)

    with pytest.raises(PhotoError, match="you do not have permission to read it"):
        read_photo(path)


@pytest.mark.parametrize("name", ["a\nb.png", "잎사귀.png", "🍃.png", "a" * 251 + ".png"])
def test_a_photo_may_have_any_name(tmp_path, name):
    assert read_photo(saved(tmp_path / name)).shape == (16, 24, 3)


def with_corrupt_exif(path):
    return saved(path, exif=b"Exif\0\0II*\0\xff\xff\xff\xff")


def test_pillows_warnings_stay_inside(tmp_path, recwarn):
    warnings.simplefilter("always")

    read_photo(with_corrupt_exif(tmp_path / "a.jpg"))

    assert [str(warning.message) for warning in recwarn] == []


def test_repeatedly_set_filters_do_not_accumulate(tmp_path):
    path = saved(tmp_path / "a.png")
    read_photo(path)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        read_photo(path)
        before = len(warnings.filters)
        warnings.simplefilter("always")
        read_photo(path)

        assert len(warnings.filters) == before


def test_warnings_of_other_threads_and_later_ones_are_shown(tmp_path):
    inside, outside = threading.Event(), threading.Event()
    told = []

    def read():
        from transferleaf.datasets.photos.quiet_pillow import quiet

        with quiet():
            inside.set()
            outside.wait(timeout=60)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reader = threading.Thread(target=read)
        reader.start()
        inside.wait(timeout=60)
        warnings.warn("of another thread", stacklevel=1)
        outside.set()
        reader.join()
        read_photo(with_corrupt_exif(tmp_path / "a.jpg"))
        warnings.warn("afterwards", stacklevel=1)
        told = [str(warning.message) for warning in caught]

    assert told == ["of another thread", "afterwards"]
