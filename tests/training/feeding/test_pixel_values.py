"""Checks of pixel values for all kinds of input."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from transferleaf.errors import ConfigError
from transferleaf.training.feeding.pixel_values import (
    PixelRangeWarning,
    images_array,
    looks_like_unit_range,
    warn_of_unit_range,
)

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3)).astype("float32")
IMAGENET = np.array([123.675, 116.28, 103.53], "float32"), np.array([58.4, 57.1, 57.4], "float32")

RAW = (
    "must contain raw RGB in [0, 255]: the classifier resizes and normalises them itself, so leave "
    "out preprocess_input, rescaling and normalising."
)
DEEP = "must contain RGB in [0, 255]: divide values of 16 bits by 257."


def one_pixel(value, image=1):
    changed = PIXELS.copy()
    changed[image, 2, 3, 0] = value
    return changed


@pytest.mark.parametrize(
    ("images", "message"),
    [
        pytest.param(PIXELS / 127.5 - 1, RAW, id="[-1, 1]"),
        pytest.param((PIXELS - IMAGENET[0]) / IMAGENET[1], RAW, id="by mean and deviation"),
        pytest.param(PIXELS - IMAGENET[0], RAW, id="centred"),
        pytest.param(PIXELS - 0.6, RAW, id="hardly centred"),
        pytest.param((PIXELS * 257).astype("uint16"), DEEP, id="16 bits"),
        pytest.param(PIXELS * 2, DEEP, id="too bright"),
        pytest.param(
            one_pixel(np.nan), "x (nan in image 1) must contain finite numbers.", id="nan"
        ),
        pytest.param(one_pixel(-np.inf), "x (-inf in image 1) must contain", id="endless"),
        pytest.param(
            np.full((3, 4, 4, 3), np.nan),
            "x (nan in image 0 and 2 more) must contain",
            id="all nan",
        ),
        pytest.param(PIXELS.astype(complex), "x (values of type complex128) must", id="complex"),
        pytest.param(PIXELS > 9, "x (values of type bool) must contain numbers.", id="truth"),
    ],
)
def test_invalid_pixel_values_are_refused(images, message):
    with pytest.raises(ConfigError) as caught:
        images_array(images, "x")

    assert message in str(caught.value)


def test_the_place_of_a_bad_value_is_counted_over_all_images():
    images = np.zeros((200, 2, 2, 3))
    images[150, 0, 0, 0] = np.nan

    with pytest.raises(ConfigError, match=r"x \(nan in image 150\)"):
        images_array(images, "x")


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float64"])
def test_raw_pixels_of_any_number_type_pass_unchanged(dtype):
    images = PIXELS.astype(dtype)

    assert images_array(images, "x") is images


ANY_NUMBERS = st.one_of(
    hnp.integer_dtypes(), hnp.unsigned_integer_dtypes(), hnp.floating_dtypes(sizes=(16, 32, 64))
)


@settings(deadline=None)  # the machine may be busy
@given(hnp.arrays(ANY_NUMBERS, hnp.array_shapes(min_dims=3, max_dims=5, max_side=3)))
def test_accepted_values_are_valid_pixels(images):
    try:
        found = images_array(images, "x")
    except ConfigError:
        return

    assert found.shape[-1] == 3
    assert found.ndim == 4
    assert found.min() >= -0.5
    assert found.max() <= 255.5


def test_the_rounding_of_an_interpolation_passes():
    images = PIXELS * 1.001 - 0.1

    assert images_array(images, "x") is images


@pytest.mark.parametrize(
    ("images", "message"),
    [
        pytest.param(
            PIXELS[0],
            "x (shape (4, 4, 3)) must have shape (n, height, width, 3) with n of at least 1; add "
            "an axis to a single image: images[None].",
            id="a single image",
        ),
        pytest.param(
            [PIXELS[0], PIXELS[1, :2]],
            "x (images of different shapes) must be images of one size; predict_photos takes files "
            "of any size.",
            id="two sizes",
        ),
        pytest.param(PIXELS[:0], "x (shape (0, 4, 4, 3)) must have shape", id="none"),
        pytest.param(None, "x (shape ()) must have shape", id="nothing"),
        pytest.param({"photos": PIXELS}, "x (shape ()) must have shape", id="by name"),
    ],
)
def test_other_shapes_are_refused(images, message):
    with pytest.raises(ConfigError) as caught:
        images_array(images, "x")

    assert str(caught.value).startswith(message)


def test_lists_and_arrays_of_objects_become_one_array():
    objects = np.empty(3, object)
    objects[:] = list(PIXELS)

    for images in (list(PIXELS), objects, [PIXELS]):
        np.testing.assert_array_equal(images_array(images, "x"), PIXELS)


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        pytest.param(PIXELS / 255, True, id="[0, 1]"),
        pytest.param((PIXELS / 255).round().astype("uint8"), True, id="[0, 1] as whole numbers"),
        pytest.param(PIXELS, False, id="[0, 255]"),
        pytest.param(PIXELS * 0, False, id="black"),
    ],
)
def test_pixels_in_zero_to_one_are_recognised(images, expected):
    assert looks_like_unit_range(images) is expected


def test_one_warning_names_all_images_that_look_so():
    with pytest.warns(PixelRangeWarning) as caught:
        warn_of_unit_range(x=True, y=False, validation_data=True)

    assert [str(each.message) for each in caught] == [
        "the images of x and validation_data look like [0, 1]; transferleaf takes RGB in [0, 255]: "
        "multiply them by 255"
    ]
    assert caught[0].filename == __file__


def test_images_that_look_right_are_not_warned_about():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_unit_range(x=False)
