from __future__ import annotations

import numpy as np
import pytest

from tests.datasets.painting import paint
from transferleaf.datasets.feeding import feed
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import ConfigError, PhotoError


@pytest.fixture
def data(tmp_path):
    """Ten photos whose red value is ten times their number; two classes take turns."""
    paths = [paint(tmp_path / f"ä {number}.png", (10 * number, 0, 0)) for number in range(10)]
    return LeafDataset(
        paths=tuple(paths),
        labels=np.arange(10) % 2,
        classes=("a", "b"),
        leaves=(None,) * 10,
        origin="here",
    )


def numbers(batches):
    """Return the numbers of the photos, read from their pixels."""
    return [int(red) // 10 for images, _ in batches for red in images.numpy()[:, 0, 0, 0]]


def test_batches_hold_8_bit_images_and_class_positions(data):
    batches = list(feed(data, (4, 6), batch_size=4))

    images, labels = batches[0]
    assert images.shape == (4, 4, 6, 3)
    assert images.numpy().dtype == np.uint8
    assert images.numpy()[1].tolist() == np.full((4, 6, 3), (10, 0, 0)).tolist()
    assert labels.numpy().dtype == np.int64
    assert [labels.numpy().tolist() for _, labels in batches] == [[0, 1, 0, 1]] * 2 + [[0, 1]]


def test_the_shape_and_the_length_are_known_before_reading(data):
    batches = feed(data, 4, batch_size=4)

    assert batches.element_spec[0].shape.as_list() == [None, 4, 4, 3]
    assert int(batches.cardinality()) == 3


def test_labels_may_be_one_hot(data):
    _, labels = next(iter(feed(data, 4, batch_size=2, labels="one-hot")))

    assert labels.numpy().dtype == np.float32
    assert labels.numpy().tolist() == [[1, 0], [0, 1]]


def test_without_a_seed_the_order_is_that_of_the_photos(data):
    batches = feed(data, 4, batch_size=4)

    assert [numbers(batches), numbers(batches)] == [list(range(10))] * 2


def test_with_a_seed_each_epoch_has_another_order(data):
    batches = feed(data, 4, shuffle_seed=0)

    first, second = numbers(batches), numbers(batches)

    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second != list(range(10))


def test_the_same_seed_gives_the_same_epochs(data):
    runs = [feed(data, 4, shuffle_seed=5) for _ in range(2)]

    epochs = [[numbers(run), numbers(run)] for run in runs]

    assert epochs[0] == epochs[1]


def test_another_seed_gives_another_order(data):
    assert numbers(feed(data, 4, shuffle_seed=0)) != numbers(feed(data, 4, shuffle_seed=1))


def test_labels_follow_their_photos_when_shuffled(data):
    batches = list(feed(data, 4, shuffle_seed=0))

    labels = [int(label) for _, batch in batches for label in batch]

    assert labels == [number % 2 for number in numbers(batches)]


def test_the_dataset_has_it_as_a_method(data):
    batches = data.to_tf_dataset(4, batch_size=10, shuffle_seed=3, labels="one-hot")

    assert numbers(batches) == numbers(feed(data, 4, batch_size=10, shuffle_seed=3))
    assert batches.element_spec[1].shape.as_list() == [None, 2]


def test_no_photos_give_no_batches(data):
    assert list(feed(data.subset([]), 4, shuffle_seed=0)) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size=0 must be at least 1."),
        ({"labels": "words"}, "labels='words' must be one of ['sparse', 'one-hot']."),
    ],
)
def test_invalid_options_are_refused(data, options, message):
    with pytest.raises(ConfigError) as caught:
        feed(data, 4, **options)

    assert str(caught.value) == message


def test_a_broken_photo_is_named(data):
    data.paths[7].write_text("no photo")

    with pytest.raises(PhotoError) as caught, photo_errors():
        list(feed(data, 4))

    assert caught.value.path == data.paths[7]
    assert caught.value.__suppress_context__
    assert str(caught.value) == (
        f"'{data.paths[7]}' cannot be read as a photo: it is not a JPEG, PNG, WebP, TIFF, BMP, "
        "GIF or "
        "AVIF image."
    )


def test_a_broken_photo_is_named_through_later_steps(data):
    import tensorflow as tf

    data.paths[7].unlink()
    batches = feed(data, 4).map(lambda images, labels: (tf.cast(images, tf.float32), labels))

    @tf.function
    def total():
        return batches.reduce(0.0, lambda sum_, batch: sum_ + tf.reduce_sum(batch[0]))

    with pytest.raises(PhotoError, match=r"7\.png' cannot be read as a photo: there is no such"):  # noqa: SIM117
        with photo_errors():
            total()


def test_the_tensorflow_error_contains_the_photo(data):
    import tensorflow as tf

    data.paths[7].unlink()

    with pytest.raises(tf.errors.InvalidArgumentError, match=r"7\.png.*there is no such file"):
        list(feed(data, 4))


def test_other_tensorflow_errors_pass_unchanged():
    import tensorflow as tf

    with pytest.raises(tf.errors.InvalidArgumentError), photo_errors():
        tf.debugging.assert_equal(1, 2)


def test_other_errors_pass_unchanged():
    with pytest.raises(KeyError), photo_errors():
        raise KeyError("x")


@pytest.mark.real
def test_real_photos_are_fed(real_photos):
    photos = LeafDataset.from_folder(real_photos / "field-mini").subset(range(0, 640, 80))

    images, labels = next(iter(photos.to_tf_dataset(96, batch_size=8)))

    assert images.shape == (8, 96, 96, 3)
    assert labels.numpy().tolist() == list(range(8))
