from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageFilter

from tests.datasets.picturing import picture
from transferleaf.auditing.facts.appearance import appearance

SIDE = 256


def plain(level):
    return np.full((SIDE, SIDE, 3), level, np.uint8)


def halves(left, right):
    pixels = plain(left)
    pixels[:, SIDE // 2 :] = right
    return pixels


@pytest.mark.parametrize(
    ("pixels", "brightness", "dark_share", "bright_share"),
    [
        (plain(0), 0.0, 1.0, 0.0),
        (plain(255), 1.0, 0.0, 1.0),
        (plain(51), 0.2, 0.0, 0.0),
        (plain(12), 0.047059, 1.0, 0.0),
        (plain(13), 0.05098, 0.0, 0.0),
        (plain(242), 0.94902, 0.0, 0.0),
        (plain(243), 0.952941, 0.0, 1.0),
        (halves(0, 255), 0.5, 0.5, 0.5),
    ],
)
def test_light_is_told_by_mean_and_shares(pixels, brightness, dark_share, bright_share):
    seen = appearance(pixels)

    assert (seen.brightness, seen.dark_share, seen.bright_share) == (
        brightness,
        dark_share,
        bright_share,
    )


def test_a_plain_photo_has_no_sharpness():
    assert appearance(plain(90)).sharpness == 0


def test_sharpness_is_the_variance_of_the_laplacian():
    pixels = plain(0)
    pixels[128, 128] = 100

    # Of 254 x 254 values, one is -400 and its four neighbours are 100; they sum to 0.
    assert appearance(pixels).sharpness == round((400**2 + 4 * 100**2) / 254**2, 3)


def test_a_blurred_photo_is_less_sharp():
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    sharp = picture(0, (SIDE, SIDE))
    sharp.frombytes(noise.tobytes())

    blurred = sharp.filter(ImageFilter.GaussianBlur(2))

    assert appearance(np.asarray(blurred)).sharpness < appearance(noise).sharpness / 50


def test_the_border_goes_clockwise_from_the_top_left_corner():
    pixels = plain(0)
    # Sixteenths of the side, by row and column; the middle is not looked at.
    top = [(0, 0), (0, 4), (0, 8), (0, 12)]
    right = [(column, 15) for _, column in top]
    bottom = [(15, 15 - column) for _, column in top]
    left = [(15 - column, 0) for _, column in top]
    for number, (row, column) in enumerate([*top, *right, *bottom, *left]):
        pixels[16 * row : 16 * row + 16, 16 * column : 16 * column + 16] = 10 * number
    pixels[32:224, 32:224] = 255

    border = np.frombuffer(appearance(pixels).border, np.uint8).reshape(16, 3)

    assert border.tolist() == [[10 * number] * 3 for number in range(16)]


def test_a_thumbnail_is_the_mean_of_squares():
    pixels = halves(10, 30)
    pixels[0, 0] = 10 + 51  # one of 256 pixels

    thumbnail = np.frombuffer(appearance(pixels).thumbnail, np.uint8).reshape(16, 16, 3)

    assert thumbnail[:, :8].max() == thumbnail[:, :8].min() == 10
    assert thumbnail[:, 8:].max() == thumbnail[:, 8:].min() == 30


def test_pixels_are_left_as_they_are():
    pixels = np.asarray(picture(3, (SIDE, SIDE))).copy()
    before = pixels.copy()

    appearance(pixels)

    assert np.array_equal(pixels, before)
