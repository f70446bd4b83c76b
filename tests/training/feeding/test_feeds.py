from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from transferleaf.datasets import LeafDataset
from transferleaf.datasets.photos.errors import photo_errors
from transferleaf.errors import ClassMismatchError, ConfigError
from transferleaf.training.feeding.feeds import (
    FeedFormat,
    open_feed,
    open_validation,
)

CLASSES = ("a", "b", "c")


def form(labels="one-hot") -> FeedFormat:
    return FeedFormat(classes=CLASSES, image_size=8, labels=labels)


def read(feed, seed=None):
    return [np.concatenate(parts) for parts in zip(*feed.open(seed), strict=True)]


@pytest.fixture
def folder(tmp_path):
    for label, name in enumerate(CLASSES):
        (tmp_path / name).mkdir()
        for number in range(4):
            colour = (60 * label, 10 * number, 0)
            Image.new("RGB", (8, 8), colour).save(tmp_path / name / f"{number}.png")
    return tmp_path


def test_photos_come_with_their_labels(folder):
    feed = open_feed(LeafDataset.from_folder(folder), what="x", form=form())

    images, labels = read(feed)

    assert feed.steps == 1
    assert feed.indexed.targets.argmax(axis=1).tolist() == np.repeat([0, 1, 2], 4).tolist()
    assert images.shape == (12, 8, 8, 3)
    assert labels.argmax(axis=1).tolist() == (images[:, 0, 0, 0] // 60).tolist()


def test_labels_follow_the_order_of_the_classifiers_classes(folder):
    turned = FeedFormat(classes=("c", "b", "a"), image_size=8, labels="sparse")

    images, labels = read(open_feed(LeafDataset.from_folder(folder), what="x", form=turned))

    assert labels.tolist() == (2 - images[:, 0, 0, 0] // 60).tolist()


def test_other_classes_than_the_classifiers_are_an_error(folder):
    other = FeedFormat(classes=("a", "b", "d"), image_size=8, labels="sparse")

    with pytest.raises(ClassMismatchError) as caught:
        open_feed(LeafDataset.from_folder(folder), what="validation_data", form=other)

    assert str(caught.value) == (
        "the classes of validation_data differ from the classifier's: missing ['d'], "
        "unknown ['c']; relabel(data, label_map) renames classes or leaves them out."
    )


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        pytest.param([0, 2, 1], "one-hot", [[1, 0, 0], [0, 0, 1], [0, 1, 0]], id="to shares"),
        pytest.param([[0], [2], [1]], "sparse", [0, 2, 1], id="a column of numbers"),
        pytest.param([[1, 0, 0], [0, 0, 1], [0, 1, 0]], "sparse", [0, 2, 1], id="to numbers"),
        pytest.param([[0.5, 0.5, 0]] * 3, "one-hot", [[0.5, 0.5, 0]] * 3, id="shares stay"),
    ],
)
def test_labels_of_arrays_take_the_wanted_form(given, wanted, expected):
    x = np.zeros((3, 8, 8, 3), np.uint8)

    _, labels = read(open_feed(x, np.array(given), what="x", form=form(wanted)))

    np.testing.assert_array_equal(labels, expected)


def test_arrays_are_shuffled_with_their_labels_and_weights():
    x = np.arange(50)[:, None, None, None] * np.ones((1, 8, 8, 3))
    feed = open_feed(
        x, np.arange(50) % 3, what="x", form=form("sparse"), sample_weight=np.arange(50)
    )

    images, labels, weights = read(feed, seed=1)

    order = images[:, 0, 0, 0].astype(int)
    assert sorted(order) == list(range(50))
    assert order.tolist() != list(range(50))
    assert labels.tolist() == (order % 3).tolist()
    assert weights.tolist() == order.tolist()


def test_a_stream_keeps_its_batches_and_gets_the_wanted_labels():
    stream = tf.data.Dataset.from_tensor_slices(
        (np.zeros((5, 8, 8, 3), np.uint8), np.array([0, 1, 2, 0, 1]))
    ).batch(2)

    feed = open_feed(stream, what="x", form=form())

    assert feed.steps == 3
    assert [len(labels) for _, labels in feed.open(None)] == [2, 2, 1]
    assert read(feed)[1].argmax(axis=1).tolist() == [0, 1, 2, 0, 1]


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        pytest.param(
            np.zeros((2, 8, 8)),
            np.zeros(2),
            "x (shape (2, 8, 8)) must have shape (n, height, width, 3) with n of at least 1.",
            id="no channels",
        ),
        pytest.param(
            np.zeros((2, 8, 8, 3)),
            np.zeros(3),
            "labels of x (shape (3,)) must be one for each of 2 images.",
            id="too many labels",
        ),
        pytest.param(
            np.zeros((2, 8, 8, 3)),
            np.zeros((2, 4)),
            "labels of x (shape (2, 4)) must have 3 columns, one for each class.",
            id="too many columns",
        ),
        pytest.param(
            np.zeros((2, 8, 8, 3)),
            np.array([1, 3]),
            "labels of x (1 to 3) must be in [0, 3), the class indices.",
            id="label too large",
        ),
        pytest.param(
            np.zeros((2, 8, 8, 3)),
            None,
            "x (ndarray) must be a LeafDataset, a tf.data.Dataset, or images with labels in y.",
            id="no labels",
        ),
    ],
)
def test_data_of_another_shape_is_refused(x, y, message):
    with pytest.raises(ConfigError) as caught:
        open_feed(x, y, what="x", form=form())

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("y", "weights", "message"),
    [
        pytest.param([[1], [3]], None, "labels of x (1 to 3) must be in [0, 3)", id="column"),
        pytest.param([0.5, 1.5], None, "labels of x=[0.5, 1.5] must be class indices", id="parts"),
        pytest.param(["a", "b"], None, "labels of x=['a', 'b'] must be class indices", id="names"),
        pytest.param([0, np.nan], None, "labels of x=[0.0, nan] must be class indices", id="nan"),
        pytest.param(
            [[1, 0, 0], [1, 1, 0]],
            None,
            "labels of x=[1, 1, 0] must be class distributions",
            id="two classes",
        ),
        pytest.param([0, 1], np.ones(3), "sample_weight (shape (3,)) must have", id="too many"),
        pytest.param([0, 1], [1, -1], "sample_weight (with -1) must be finite", id="negative"),
        pytest.param([0, 1], [1, np.inf], "sample_weight (with inf) must be finite", id="endless"),
        pytest.param([0, 1], [0, 0], "sample_weight (all 0) must give at least one", id="all zero"),
    ],
)
def test_invalid_labels_and_weights_are_refused(y, weights, message):
    x = np.zeros((2, 8, 8, 3), np.uint8)

    with pytest.raises(ConfigError) as caught:
        open_feed(x, np.array(y), what="x", form=form(), sample_weight=weights)

    assert str(caught.value).startswith(message)


def stream_of(*parts, batch=3):
    return tf.data.Dataset.from_tensor_slices(parts).batch(batch)


BLACK = np.zeros((1, 8, 8, 3), np.float32)


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        pytest.param(
            [BLACK, [0]], [BLACK - 1, [0]], "a batch of x (values from -1 to -1) must", id="low"
        ),
        pytest.param(
            [BLACK, [0]], [BLACK + np.nan, [0]], "a batch of x (nan in image 0) must", id="nan"
        ),
        pytest.param(
            [BLACK, [0]], [BLACK, [3]], "labels of a batch of x (3 to 3) must", id="label"
        ),
        pytest.param(
            [BLACK, [[1, 0, 0]]],
            [BLACK, [[1, 1, 0]]],
            "labels of a batch of x=[1, 1, 0] must be class distributions that sum to 1",
            id="two classes",
        ),
        pytest.param(
            [BLACK, [0], [1.0]],
            [BLACK, [0], [np.inf]],
            "sample weights of a batch of x (with inf) must be finite",
            id="weight",
        ),
    ],
)
def test_every_batch_of_a_stream_is_checked(good, bad, message):
    first, second = (tf.data.Dataset.from_tensors(tuple(map(tf.constant, x))) for x in (good, bad))
    feed = open_feed(first.concatenate(second), what="x", form=form())

    with pytest.raises(ConfigError) as caught, photo_errors():
        list(feed.open(None))

    assert str(caught.value).startswith(message)


def test_counting_the_classes_of_a_stream_refuses_labels_of_no_class():
    stream = stream_of(np.repeat(BLACK, 4, axis=0), [0, 1, 2, 3], batch=2)

    with pytest.raises(ConfigError, match=r"must be in \[0, 3\)"):
        open_feed(stream, what="x", form=form()).class_counts(3)


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        pytest.param(
            tf.data.Dataset.from_tensor_slices({"a": BLACK}).batch(2),
            "x (elements of dict) must give (images, labels) or (images, labels, sample weights), "
            "as tensors.",
            id="dict",
        ),
        pytest.param(
            tf.data.Dataset.from_tensor_slices(({"a": BLACK}, [0])).batch(2),
            "x (elements of ['dict', 'TensorSpec']) must give (images, labels) or (images, labels, "
            "sample weights), as tensors.",
            id="images by name",
        ),
        pytest.param(
            stream_of(BLACK, ["a"]),
            "labels of x (type string) must be class indices or class distributions; .map() "
            "names to "
            "their numbers.",
            id="names",
        ),
        pytest.param(
            stream_of(BLACK[..., :1], [0]),
            "x (shape (None, 8, 8, 1)) must have shape (n, height, width, 3) with n of at least 1.",
            id="grey",
        ),
    ],
)
def test_streams_of_another_kind_are_refused_before_they_are_read(stream, message):
    with pytest.raises(ConfigError) as caught:
        open_feed(stream, what="x", form=form())

    assert str(caught.value) == message


def test_a_stream_without_batches_is_refused():
    stream = tf.data.Dataset.from_tensor_slices((np.zeros((3, 8, 8, 3)), [0, 1, 2]))

    with pytest.raises(ConfigError, match="must be batched, of known rank"):
        open_feed(stream, what="x", form=form())


def test_sample_weights_with_a_leaf_data_set_are_refused(folder):
    data = LeafDataset.from_folder(folder)

    with pytest.raises(ConfigError, match=r"sample_weight \(ndarray\) must be absent: x is a Leaf"):
        open_feed(data, what="x", form=form(), sample_weight=np.ones(12))


@pytest.mark.parametrize("batch_size", [0, -1, 2.5])
def test_a_batch_of_no_photos_is_refused(batch_size):
    x = np.zeros((2, 8, 8, 3), np.uint8)

    with pytest.raises(ConfigError, match="must be a whole number of at least 1"):
        open_feed(x, np.zeros(2), what="x", form=form(), batch_size=batch_size)


def test_an_endless_stream_is_refused():
    stream = tf.data.Dataset.from_tensor_slices((np.zeros((2, 8, 8, 3)), np.zeros(2)))

    with pytest.raises(ConfigError, match=r"must end; bound it with \.take"):
        open_feed(stream.batch(2).repeat(), what="x", form=form())


def test_labels_with_a_leaf_data_set_are_refused(folder):
    with pytest.raises(ConfigError, match="must be absent: x is a LeafDataset"):
        open_feed(LeafDataset.from_folder(folder), np.zeros(12), what="x", form=form())


def test_a_feed_tells_of_pixels_that_look_like_zero_to_one():
    x = np.full((2, 8, 8, 3), 0.5, np.float32)

    assert open_feed(x, np.zeros(2), what="x", form=form()).unit_range
    assert open_feed(stream_of(x, np.zeros(2)), what="x", form=form()).unit_range
    assert not open_feed(x * 255, np.zeros(2), what="x", form=form()).unit_range


@pytest.mark.parametrize("kind", [list, tf.constant, lambda x: list(map(list, x))])
def test_images_may_be_a_list_or_a_tensor(kind):
    x = np.full((2, 8, 8, 3), 7.0, np.float32)

    images, _ = read(open_feed(kind(x), [0, 1], what="x", form=form()))

    assert (images == 7).all()


@pytest.mark.parametrize("parts", [2, 3])
def test_validation_arrays_come_as_a_tuple_with_or_without_weights(parts):
    data = (np.zeros((4, 8, 8, 3), np.uint8), np.arange(4) % 3, np.ones(4))[:parts]

    feed = open_validation(data, form=form(), batch_size=None)

    assert [len(part) for part in read(feed)] == [4] * parts


def test_no_validation_data_is_no_feed():
    assert open_validation(None, form=form(), batch_size=None) is None


def test_class_distributions_must_sum_to_1():
    shares = np.full((3, 3), 2.0)

    with pytest.raises(ConfigError, match="must be class distributions that sum to 1 per image"):
        open_feed(np.zeros((3, 8, 8, 3)), shares, what="x", form=form())


def test_a_column_of_numbers_is_a_row_for_a_sparse_loss():
    stream = tf.data.Dataset.from_tensors((np.zeros((2, 8, 8, 3)), [[2], [1]]))

    _, labels = read(open_feed(stream, what="x", form=form("sparse")))

    assert labels.tolist() == [2, 1]
