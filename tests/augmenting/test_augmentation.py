from __future__ import annotations

import json

import numpy as np
import pytest

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.errors import ConfigError

COLOURS = np.array([(250, 0, 0), (0, 250, 0), (0, 0, 250)], dtype=np.uint8)

# One augmentation of each kind.
KINDS = {
    "flip": Augmentation(flip="horizontal"),
    "both flips": Augmentation(flip="horizontal_and_vertical"),
    "rotation": Augmentation(rotation=0.2),
    "zoom": Augmentation(zoom=0.3),
    "brightness": Augmentation(brightness=0.3),
    "contrast": Augmentation(contrast=0.5),
    "saturation": Augmentation(saturation=0.5),
    "hue": Augmentation(hue=0.3),
    "rand augment": Augmentation(rand_augment=5),
    "mix up": Augmentation(mix_up=0.4),
    "cut mix": Augmentation(cut_mix=1.0),
    "leaf": Augmentation.leaf(),
}
every_kind = pytest.mark.parametrize("augmentation", KINDS.values(), ids=KINDS)


def noise(photos=6, side=16):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (photos, side, side, 3)).astype(np.uint8)


def batches_of(images, labels=None, batch_size=4, weights=None):
    import tensorflow as tf

    labels = np.arange(len(images)) % 3 if labels is None else labels
    parts = (images, labels) if weights is None else (images, labels, weights)
    return tf.data.Dataset.from_tensor_slices(parts).batch(batch_size)


def read(dataset):
    """Return all images and all labels of one epoch."""
    images, labels = zip(*[(i.numpy(), labels.numpy()) for i, labels in dataset], strict=True)
    return np.concatenate(images), np.concatenate(labels)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"flip": "vertical"},
            "flip='vertical' must be one of ['none', 'horizontal', 'horizontal_and_vertical'].",
        ),
        ({"rotation": 1.5}, "rotation=1.5 must be in [0, 1]."),
        ({"zoom": 1.0}, "zoom=1.0 must be in [0, 1)."),
        ({"brightness": -0.1}, "brightness=-0.1 must be in [0, 1]."),
        ({"contrast": float("nan")}, "contrast=nan must be in [0, 1]."),
        ({"saturation": 1}, "saturation=1 must be in [0, 1)."),
        ({"hue": 2}, "hue=2 must be in [0, 1]."),
        ({"rand_augment": 0}, "rand_augment=0 must be a whole number 1 to 10."),
        ({"rand_augment": 2.5}, "rand_augment=2.5 must be a whole number 1 to 10."),
        ({"mix_up": -1}, "mix_up=-1 must be in [0, 1]."),
        ({"cut_mix": 1.1}, "cut_mix=1.1 must be in [0, 1]."),
    ],
)
def test_a_value_out_of_range_is_refused(options, message):
    with pytest.raises(ConfigError) as caught:
        Augmentation(**options)

    assert str(caught.value) == message


@every_kind
def test_json_restores_it(augmentation):
    text = json.dumps(augmentation.to_dict())

    assert Augmentation.from_dict(json.loads(text)) == augmentation


def test_an_unknown_name_is_refused():
    with pytest.raises(ConfigError, match=r"augmentation='blur' must be one of \['flip', "):
        Augmentation.from_dict({"blur": 1})


@pytest.mark.parametrize(
    ("augmentation", "mixes"),
    [
        (Augmentation(), False),
        (Augmentation.leaf(), False),
        (Augmentation(mix_up=0.2), True),
        (Augmentation(cut_mix=0.2), True),
    ],
)
def test_only_mixing_changes_labels(augmentation, mixes):
    assert augmentation.mixes_labels is mixes


def test_nothing_leaves_the_dataset_alone():
    dataset = batches_of(noise())

    assert Augmentation().apply(dataset, classes=3, seed=0) is dataset


@every_kind
def test_images_stay_in_range_and_shape(augmentation):
    dataset = augmentation.apply(batches_of(noise()), classes=3, seed=0)

    images, _ = read(dataset)

    assert images.dtype == np.float32
    assert images.shape == (6, 16, 16, 3)
    assert images.min() >= 0
    assert 200 < images.max() <= 255
    assert int(dataset.cardinality()) == 2


@every_kind
def test_images_change_and_differ_by_epoch(augmentation):
    dataset = augmentation.apply(batches_of(noise()), classes=3, seed=0)

    first, second = read(dataset)[0], read(dataset)[0]

    assert not np.array_equal(first, noise())
    assert not np.array_equal(first, second)


@every_kind
def test_the_same_seed_repeats_every_epoch(augmentation):
    runs = [augmentation.apply(batches_of(noise()), classes=3, seed=7) for _ in range(2)]

    first, second = ([read(run) for _ in range(2)] for run in runs)

    for (images, labels), (images_again, labels_again) in zip(first, second, strict=True):
        np.testing.assert_array_equal(images, images_again)
        np.testing.assert_array_equal(labels, labels_again)


def test_another_seed_makes_other_changes():
    runs = [Augmentation.leaf().apply(batches_of(noise()), classes=3, seed=s) for s in (0, 1)]

    assert not np.array_equal(read(runs[0])[0], read(runs[1])[0])


@pytest.mark.parametrize(
    ("flip", "corners"),
    [("horizontal", {0, 1}), ("horizontal_and_vertical", {0, 1, 2, 3})],
)
def test_flips_are_drawn_one_by_one(flip, corners):
    # The brightest corner is the upper left one, number 0, before flipping.
    photo = np.zeros((2, 2, 3), dtype=np.uint8)
    photo[0, 0] = 255
    dataset = batches_of(np.stack([photo] * 64))

    images, _ = read(Augmentation(flip=flip).apply(dataset, classes=3, seed=0))

    assert set(images[..., 0].reshape(64, 4).argmax(axis=1).tolist()) == corners


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_light_and_colour_change_both_ways(name):
    photo = np.full((4, 4, 3), (150, 100, 100), dtype=np.uint8)
    photo[2:] = (90, 60, 60)
    dataset = batches_of(np.stack([photo] * 64))

    images, _ = read(Augmentation(**{name: 0.4}).apply(dataset, classes=3, seed=0))

    measures = {
        "brightness": images.mean(axis=(1, 2, 3)),
        "contrast": images[:, 0, 0, 0] - images[:, 3, 0, 0],
        "saturation": images[:, 0, 0, 0] - images[:, 0, 0, 1],
    }
    unchanged = {"brightness": 93, "contrast": 60, "saturation": 50}
    assert measures[name].min() < unchanged[name] - 5
    assert measures[name].max() > unchanged[name] + 5


def test_a_pure_colour_is_not_saturated_further():
    # With a saturation above 1, green would fall below its half of red.
    orange = np.full((64, 2, 2, 3), (200, 100, 0), dtype=np.uint8)

    images, _ = read(Augmentation(saturation=0.6).apply(batches_of(orange), classes=3, seed=0))

    assert images[..., 1].min() == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("one_hot", ["sparse", "one-hot"])
@pytest.mark.parametrize(
    "augmentation",
    [Augmentation(mix_up=1.0), Augmentation(cut_mix=1.0), Augmentation(mix_up=0.5, cut_mix=1.0)],
)
def test_mixed_labels_are_the_shares_of_the_classes_in_the_image(augmentation, one_hot):
    classes = np.arange(12) % 3
    images = np.broadcast_to(COLOURS[classes][:, None, None], (12, 64, 64, 3))
    labels = classes if one_hot == "sparse" else np.eye(3, dtype=np.float32)[classes]

    mixed, shares = read(augmentation.apply(batches_of(images, labels), classes=3, seed=2))

    # Each class has a separate colour channel, so the mean of the channel is its share.
    seen = mixed.mean(axis=(1, 2)) / 250
    assert shares.dtype == np.float32
    assert np.abs(shares - seen).max() < 0.05
    assert shares.sum(axis=1) == pytest.approx(np.ones(12), abs=1e-5)
    assert (shares.max(axis=1) < 0.98).any()


def test_batches_take_turns_with_both_mixers():
    images = np.broadcast_to(COLOURS[np.arange(16) % 3][:, None, None], (16, 32, 32, 3))
    both = Augmentation(mix_up=1.0, cut_mix=1.0)

    mixed, _ = read(both.apply(batches_of(images, np.arange(16) % 3), classes=3, seed=0))

    # MixUp keeps a single colour; CutMix pastes a patch of another one.
    patched = mixed.std(axis=(1, 2)).max(axis=1) > 1
    assert patched.reshape(4, 4).any(axis=1).tolist() == [False, True, False, True]


def test_labels_do_not_change_without_mixing():
    _, labels = read(Augmentation.leaf().apply(batches_of(noise()), classes=3, seed=0))

    assert labels.dtype == np.int64
    assert labels.tolist() == [0, 1, 2, 0, 1, 2]


def test_weights_stay_with_their_photos():
    dataset = batches_of(noise(), weights=np.arange(6.0))

    weighted = Augmentation(flip="horizontal").apply(dataset, classes=3, seed=0)

    assert [weights.numpy().tolist() for _, _, weights in weighted] == [[0, 1, 2, 3], [4, 5]]


def test_photos_with_weights_are_not_mixed():
    dataset = batches_of(noise(), weights=np.arange(6.0))

    with pytest.raises(ConfigError, match=r"not mix photos that have sample weights\."):
        Augmentation(mix_up=0.2).apply(dataset, classes=3, seed=0)


def test_images_alone_are_refused():
    dataset = batches_of(noise()).map(lambda images, _: images)

    with pytest.raises(ConfigError, match=r"must give \(images, labels\) or \(images, labels, w"):
        Augmentation.leaf().apply(dataset, classes=3, seed=0)


def test_a_seed_is_not_negative():
    with pytest.raises(ConfigError, match="seed=-1 must be at least 0"):
        Augmentation.leaf().apply(batches_of(noise()), classes=3, seed=-1)


def test_mixed_precision_does_not_round_pixels():
    import keras

    images = np.full((4, 4, 4, 3), 201.0, dtype=np.float32) + np.float32(0.1)
    policy = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        dataset = Augmentation(flip="horizontal").apply(batches_of(images), classes=3, seed=0)
    finally:
        keras.mixed_precision.set_global_policy(policy)

    assert read(dataset)[0].tolist() == images.tolist()
