"""The images that ``predict`` accepts."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import ConfigError
from transferleaf.training.feeding.asked_images import asked_images
from transferleaf.training.feeding.pixel_values import PixelRangeWarning

PIXELS = np.random.default_rng(0).integers(2, 256, (6, 4, 4, 3)).astype("float32")


class Batches(keras.utils.PyDataset):
    """Three batches of two."""

    def __init__(self, images):
        super().__init__()
        self.images = images

    def __len__(self):
        return 3

    def __getitem__(self, number):
        return self.images[2 * number : 2 * number + 2], np.zeros(2)


def stream(images):
    return tf.data.Dataset.from_tensor_slices(images).batch(2)


DOORS = {
    "array": np.asarray,
    "tensor": tf.constant,
    "list": list,
    "tf.data of images": stream,
    "tf.data of images and labels": lambda x: stream((x, np.zeros(len(x)))),
    "PyDataset": Batches,
    "generator": lambda x: (x[start : start + 2] for start in (0, 2, 4)),
    "iterator": lambda x: iter(np.split(x, 3)),
}
EACH_DOOR = pytest.mark.parametrize("door", DOORS.values(), ids=list(DOORS))


def ask(x):
    with photo_errors():
        found = asked_images(x, image_size=4, batch_size=None)
        if isinstance(found, np.ndarray):
            return found
        return np.concatenate(
            [np.asarray(each[0] if isinstance(each, tuple) else each) for each in found]
        )


@EACH_DOOR
def test_images_pass_each_method_unchanged(door):
    np.testing.assert_array_equal(ask(door(PIXELS)), PIXELS)


@EACH_DOOR
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        pytest.param(lambda x: x / 127.5 - 1, r"must contain raw RGB in \[0, 255\]", id="[-1, 1]"),
        pytest.param(
            lambda x: np.where(np.arange(6)[:, None, None, None] == 5, np.nan, x),
            r"\(nan in image \d\) must contain finite numbers",
            id="nan in the last image",
        ),
    ],
)
def test_values_are_checked_by_each_method(door, changed, message):
    with pytest.raises(ConfigError, match=message):
        ask(door(changed(PIXELS)))


@EACH_DOOR
def test_zero_to_one_is_warned_about_once_by_each_method(door):
    with pytest.warns(PixelRangeWarning) as caught:
        ask(door(PIXELS / 255))

    assert [each.category for each in caught].count(PixelRangeWarning) == 1


@pytest.mark.parametrize("x", ["leaf.jpg", Path("leaf.jpg"), ["leaf.jpg"], [Path("leaf.jpg")]])
def test_files_are_sent_to_the_method_for_files(x):
    with pytest.raises(ConfigError, match="must be photos; predict_photos takes the paths"):
        ask(x)


@pytest.mark.parametrize(
    "x",
    [
        pytest.param(stream({"photos": PIXELS}), id="by name"),
        pytest.param(tf.data.Dataset.from_tensor_slices(PIXELS), id="no batches"),
        pytest.param(iter([]), id="empty"),
    ],
)
def test_other_streams_are_refused(x):
    with pytest.raises(ConfigError, match=r"must give batches of images, shape \(batch, height"):
        ask(x)
