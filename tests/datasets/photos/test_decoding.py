from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.datasets.painting import paint
from transferleaf.datasets.photos import limits as photo_limits
from transferleaf.datasets.photos.decoding import check_photo, height_and_width, read_photo
from transferleaf.errors import ConfigError, PhotoError

# Four colours that show the orientation: top left, top right, bottom left, bottom right.
CORNERS = np.array([[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 255)]], dtype=np.uint8)


def corners(pixels):
    """Return the colours of the four corners, rounded because of JPEG errors."""
    ends = pixels[[0, 0, -1, -1], [0, -1, 0, -1]].reshape(2, 2, 3)
    return np.where(ends > 127, 255, 0)


def textured(height, width, seed=0):
    """A photo with structures of several sizes."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (height // 6, width // 6, 3), dtype=np.uint8))
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "bmp", "tif", "gif", "jfif"])
def test_every_ending_is_read(tmp_path, ending):
    path = paint(tmp_path / f"leaf.{ending}", (0, 128, 0))

    pixels = read_photo(path)

    assert pixels.shape == (8, 8, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - (0, 128, 0)).max() <= 3


def test_pixels_may_be_changed_by_their_owner(tmp_path):
    pixels = read_photo(paint(tmp_path / "leaf.png"))

    pixels[0, 0] = 7

    assert pixels[0, 0].tolist() == [7, 7, 7]


@pytest.mark.parametrize(
    ("size", "shape"),
    [(4, (4, 4, 3)), ((4, 6), (4, 6, 3)), ((20, 3), (20, 3, 3)), (None, (8, 8, 3))],
)
def test_a_photo_is_stretched_to_height_and_width(tmp_path, size, shape):
    assert read_photo(paint(tmp_path / "leaf.png"), size).shape == shape


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0"), (-4, "-4"), ((4, 0), "(4, 0)"), ((4, 5, 6), "(4, 5, 6)"), (4.5, "4.5")],
)
def test_a_size_is_positive_and_whole(size, shown):
    with pytest.raises(ConfigError) as caught:
        height_and_width(size)

    assert str(caught.value) == (
        f"image_size={shown} must be a positive whole number or (height, width) of them."
    )


@pytest.mark.parametrize(
    ("mode", "colour", "rgb"),
    [
        ("L", 100, (100, 100, 100)),
        ("1", 1, (255, 255, 255)),
        ("P", 3, None),
        ("RGB", (10, 20, 30), (10, 20, 30)),
        ("CMYK", (0, 255, 255, 0), (255, 0, 0)),
        ("LA", (100, 255), (100, 100, 100)),
        ("RGBA", (10, 20, 30, 255), (10, 20, 30)),
        ("RGBA", (0, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (0, 0, 0, 51), (204, 204, 204)),
        ("LA", (0, 0), (255, 255, 255)),
        ("I;16", 100 * 257, (100, 100, 100)),
        ("F", 100.0, (100, 100, 100)),
        ("F", 0.4, (102, 102, 102)),
        ("F", 25700.0, (100, 100, 100)),
        ("I", 100, (100, 100, 100)),
        ("I", 25700, (100, 100, 100)),
    ],
)
def test_every_colour_mode_becomes_rgb(tmp_path, mode, colour, rgb):
    image = Image.new(mode, (8, 8), colour)
    expected = rgb or image.convert("RGB").getpixel((0, 0))
    image.save(tmp_path / "leaf.tif")

    pixels = read_photo(tmp_path / "leaf.tif")

    assert pixels.tolist() == np.full((8, 8, 3), expected).tolist()


def test_16_bit_grey_is_scaled_and_not_clipped(tmp_path):
    grey = (np.arange(256, dtype=np.uint16) * 257).reshape(16, 16)
    Image.fromarray(grey).save(tmp_path / "leaf.png")

    pixels = read_photo(tmp_path / "leaf.png")

    assert pixels[..., 0].ravel().tolist() == list(range(256))


@pytest.mark.parametrize("values", [(-1.0, 1.0), (0.0, 1e6), (0.0, float("nan"))])
def test_grey_without_a_known_white_is_refused(tmp_path, values):
    Image.fromarray(np.array([values], dtype=np.float32)).save(tmp_path / "leaf.tif")

    with pytest.raises(PhotoError, match=r"unusual format \(grey values from"):
        read_photo(tmp_path / "leaf.tif")


def test_a_transparent_palette_colour_becomes_white(tmp_path):
    image = Image.new("P", (8, 8), 0)
    image.putpalette([200, 0, 0, 0, 0, 200])
    image.putpixel((0, 0), 1)
    image.save(tmp_path / "leaf.png", transparency=0)

    pixels = read_photo(tmp_path / "leaf.png")

    assert pixels[0, 0].tolist() == [0, 0, 200]
    assert pixels[1, 1].tolist() == [255, 255, 255]


def test_a_transparent_rgb_colour_becomes_white(tmp_path):
    Image.new("RGB", (8, 8), (9, 9, 9)).save(tmp_path / "leaf.png", transparency=(9, 9, 9))

    assert read_photo(tmp_path / "leaf.png")[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("ending", ["gif", "png", "webp", "tif"])
def test_the_first_frame_of_an_animation_is_read(tmp_path, ending):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("white", "black")]
    frames[0].save(tmp_path / f"leaf.{ending}", save_all=True, append_images=frames[1:])

    assert read_photo(tmp_path / f"leaf.{ending}").min() >= 250


@pytest.mark.parametrize("size", [None, (32, 48)])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif"])
def test_a_turned_photo_becomes_upright(tmp_path, ending, orientation, size):
    upright = Image.fromarray(CORNERS).resize((96, 64), Image.Resampling.NEAREST)
    # What a camera stores for each orientation: the inverse of the correction.
    stored = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = upright if orientation == 1 else upright.transpose(stored[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(tmp_path / f"leaf.{ending}", exif=exif, quality=95)

    pixels = read_photo(tmp_path / f"leaf.{ending}", size)

    assert pixels.shape == ((64, 96, 3) if size is None else (32, 48, 3))
    assert corners(pixels).tolist() == CORNERS.tolist()


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0rubbish",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        # An EXIF orientation entry with a text instead of a number.
        b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHI4s", 1, 0x0112, 2, 4, b"up\0\0"),
    ],
    ids=["rubbish", "an offset beyond the end", "a text"],
)
def test_damaged_exif_does_not_matter(tmp_path, exif):
    Image.new("RGB", (8, 8), "white").save(tmp_path / "leaf.jpg", exif=exif)

    assert read_photo(tmp_path / "leaf.jpg").min() >= 250


@pytest.mark.parametrize("size", [(40, 40), (24, 60), (120, 90), (33, 77)])
def test_resizing_agrees_with_keras(tmp_path, size):
    import keras

    photo = textured(90, 120)
    Image.fromarray(photo).save(tmp_path / "leaf.png")

    ours = read_photo(tmp_path / "leaf.png", size)

    resizing = keras.layers.Resizing(*size, interpolation="bilinear", antialias=True)
    theirs = np.asarray(resizing(photo[None].astype("float32")))[0]
    assert np.abs(ours - theirs).max() <= 1.5


def test_a_large_jpeg_is_decoded_at_a_lower_resolution(tmp_path, monkeypatch):
    Image.fromarray(textured(640, 800)).save(tmp_path / "leaf.jpg", quality=95)
    whole = np.asarray(
        Image.open(tmp_path / "leaf.jpg").resize((80, 64), Image.Resampling.BILINEAR), dtype=int
    )
    decoded = []
    resize = Image.Image.resize
    monkeypatch.setattr(
        Image.Image, "resize", lambda self, *rest: decoded.append(self.size) or resize(self, *rest)
    )

    pixels = read_photo(tmp_path / "leaf.jpg", (64, 80))

    assert decoded == [(200, 160)]
    assert np.abs(pixels - whole).mean() < 3


def test_a_photo_that_is_not_much_larger_is_decoded_in_full(tmp_path):
    Image.fromarray(textured(90, 120)).save(tmp_path / "leaf.jpg", quality=95)
    whole = Image.open(tmp_path / "leaf.jpg").resize((80, 64), Image.Resampling.BILINEAR)

    assert read_photo(tmp_path / "leaf.jpg", (64, 80)).tolist() == np.asarray(whole).tolist()


def truncated(path: Path) -> Path:
    """Write a photo whose second half is missing."""
    Image.fromarray(textured(90, 120)).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: None, "there is no such file."),
        (lambda path: path.touch(), "the file is empty."),
        (lambda path: path.mkdir(), "it is a folder."),
        (
            lambda path: path.write_text("no photo at all"),
            "it is not a JPEG, PNG, WebP, TIFF, BMP, GIF or AVIF image.",
        ),
    ],
    ids=["missing", "empty", "a folder", "a text"],
)
def test_the_error_for_a_file_that_is_not_a_photo_says_why(tmp_path, spoil, reason):
    path = tmp_path / "leaf.jpg"
    spoil(path)

    with pytest.raises(PhotoError) as caught:
        read_photo(path, 8)

    assert caught.value.path == path
    assert str(caught.value) == f"'{path}' cannot be read as a photo: {reason}"


@pytest.mark.parametrize("ending", ["jpg", "png", "bmp", "gif", "webp", "tif"])
def test_a_truncated_photo_is_refused_and_not_filled_with_grey(tmp_path, ending):
    path = truncated(tmp_path / f"leaf.{ending}")

    with pytest.raises(PhotoError, match="damaged or in an unusual format"):
        read_photo(path, 8)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            lambda folder: folder / ("x" * 300),
            "the operating system cannot read it (file name too long).",
        ),
        (
            lambda folder: paint(folder / "leaf.png") / "leaf.png",
            "the operating system cannot read it (not a directory).",
        ),
        (
            lambda folder: linked_to_itself(folder / "leaf.png"),
            "the operating system cannot read it (too many levels of symbolic links).",
        ),
    ],
    ids=["a long name", "below a file", "a link to itself"],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has other words for these")
def test_a_file_that_cannot_be_opened_is_not_reported_as_damaged(tmp_path, make, reason):
    with pytest.raises(PhotoError) as caught:
        read_photo(make(tmp_path))

    assert caught.value.reason == reason


def linked_to_itself(path: Path) -> Path:
    path.symlink_to(path)
    return path


def test_a_photo_without_permission_is_refused(tmp_path, monkeypatch):
    path = paint(tmp_path / "leaf.png")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", refuse)

    with pytest.raises(PhotoError, match=r"photo: you do not have permission to read it\."):
        read_photo(path)


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path, monkeypatch):
    path = paint(tmp_path / "leaf.png", side=64)
    monkeypatch.setattr(photo_limits, "PIXEL_LIMIT", 4095)

    with pytest.raises(PhotoError) as caught:
        read_photo(path)

    assert caught.value.reason == (
        "it has 4,096 pixels (64 x 64), more than 4,095; scale it down first."
    )


def test_pillows_own_limit_ends_in_our_error(tmp_path, monkeypatch):
    path = paint(tmp_path / "leaf.png", side=64)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)

    with pytest.raises(PhotoError) as caught:
        read_photo(path)

    assert caught.value.reason == (
        "it has too many pixels, more than 89,478,485; scale it down first."
    )


def test_reading_leaves_pillow_as_it_was(tmp_path):
    from PIL import ImageFile

    path = truncated(tmp_path / "leaf.jpg")
    before = (ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS)

    with pytest.raises(PhotoError):
        read_photo(path)

    assert before == (ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS)


def test_checking_passes_a_good_photo(tmp_path):
    assert check_photo(paint(tmp_path / "leaf.png")) is None


def test_checking_does_not_decode(tmp_path):
    path = truncated(tmp_path / "leaf.jpg")

    assert check_photo(path) is None


def test_checking_finds_a_wrong_checksum(tmp_path):
    path = paint(tmp_path / "leaf.png", side=64)
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)

    with pytest.raises(PhotoError, match="damaged or in an unusual format"):
        check_photo(path)
