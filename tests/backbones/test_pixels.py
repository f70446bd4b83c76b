"""The normalisation layer applies the pixel convention with any precision and input type."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from transferleaf.backbones import PixelConvention, PixelNormalization

_CONVENTION = PixelConvention(mean=(1.0, 2.0, 3.0), std=(2.0, 4.0, 8.0))
_REVERSED = PixelConvention(mean=(1.0, 2.0, 3.0), std=(2.0, 4.0, 8.0), channels="BGR")
_PHOTO = np.array([[[[3, 10, 19]]]])  # one pixel: red 3, green 10, blue 19


def _normalized(convention: PixelConvention, photos: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(PixelNormalization(convention)(photos))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float16", "float32", "float64"])
@pytest.mark.parametrize(
    ("convention", "expected"),
    [(_CONVENTION, [1.0, 2.0, 2.0]), (_REVERSED, [9.0, 2.0, 0.0])],
    ids=["RGB", "BGR"],
)
def test_pixels_of_any_type_become_float32(convention, expected: list[float], dtype: str):
    pixels = _normalized(convention, _PHOTO.astype(dtype))

    assert pixels.dtype == np.float32
    assert pixels.ravel().tolist() == expected


def test_a_mixed_precision_policy_does_not_round_the_pixels():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        pixels = _normalized(PixelConvention(mean=(0.1, 0.1, 0.1)), np.full((1, 1, 1, 3), 255.0))
    finally:
        keras.config.set_dtype_policy(before)

    assert pixels.dtype == np.float32
    np.testing.assert_allclose(pixels, 254.9, rtol=1e-6)


def test_a_file_read_in_safe_mode_holds_the_convention(tmp_path):
    photos = keras.Input((1, 1, 3))
    model = keras.Model(photos, PixelNormalization(_REVERSED)(photos))
    model.save(tmp_path / "pixels.keras")

    loaded = keras.saving.load_model(tmp_path / "pixels.keras", safe_mode=True)

    assert loaded.get_layer("pixels").convention == _REVERSED


def test_it_works_on_photos_of_unknown_size():
    photos = keras.Input((None, None, 3), dtype="uint8")

    pixels = PixelNormalization(_CONVENTION)(photos)

    assert (pixels.shape, pixels.dtype) == ((None, None, None, 3), "float32")
