from __future__ import annotations

import numpy as np
import pytest

from transferleaf.augmenting import views
from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.augmenting.views import augmented_views, view_keys, view_seeds
from transferleaf.errors import ConfigError

LEAF = Augmentation.leaf()

# One augmentation of each kind that changes images.
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
    "leaf": LEAF,
}
every_kind = pytest.mark.parametrize("augmentation", KINDS.values(), ids=KINDS)

# Seeds that differ in the upper or lower 32 bits, and both ends of the range.
SEEDS = np.array([0, 1, 2**32, 2**33 + 1, -1, -(2**63), 2**63 - 1, 5], dtype=np.int64)


@pytest.fixture(scope="module", autouse=True)
def forget_compiled():
    """Delete all layers after these tests."""
    yield
    views._compiled.cache_clear()


def view_key(photo_key, *ingredients):
    return view_keys([photo_key], *ingredients)[0]


def noise(photos=8, height=16, width=12):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (photos, height, width, 3)).astype(np.uint8)


@every_kind
def test_views_are_floats_in_range_of_the_same_shape(augmentation):
    made = augmented_views(noise(), SEEDS, augmentation)

    assert made.dtype == np.float32
    assert made.shape == (8, 16, 12, 3)
    assert made.min() >= 0
    assert 200 < made.max() <= 255


@every_kind
def test_every_kind_changes_photos(augmentation):
    made = augmented_views(noise(), SEEDS, augmentation)

    changed = (made != noise()).any(axis=(1, 2, 3))
    assert changed.sum() >= 2


@pytest.mark.parametrize("kind", KINDS)
def test_each_seed_makes_a_different_change(kind):
    photo = np.repeat(noise(1), 8, axis=0)

    made = augmented_views(photo, SEEDS, KINDS[kind])

    flips = {"flip": 2, "both flips": 3}  # of 2 and 4 possible results
    assert len({view.tobytes() for view in made}) >= flips.get(kind, 6)


@every_kind
def test_a_view_is_the_same_in_any_batch_and_order(augmentation):
    together = augmented_views(noise(), SEEDS, augmentation)

    reordered = augmented_views(noise()[[6, 1, 3]], SEEDS[[6, 1, 3]], augmentation)
    alone = augmented_views(noise()[3:4], SEEDS[3:4], augmentation)

    np.testing.assert_array_equal(reordered, together[[6, 1, 3]])
    np.testing.assert_array_equal(alone, together[3:4])


@every_kind
def test_a_view_is_the_same_with_new_layers(augmentation):
    before = augmented_views(noise(), SEEDS, augmentation)
    views._compiled.cache_clear()

    after = augmented_views(noise(), SEEDS, augmentation)

    np.testing.assert_array_equal(after, before)


def test_the_draws_on_a_photo_differ_from_each_other():
    # With the same random number, a photo would be flipped in both directions or not at all.
    photo = np.zeros((64, 2, 2, 3), dtype=np.uint8)
    photo[:, 0, 0] = 255

    made = augmented_views(photo, np.arange(64), KINDS["both flips"])

    assert set(made[..., 0].reshape(64, 4).argmax(axis=1).tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_light_and_colour_change_both_ways(name):
    photo = np.full((64, 4, 4, 3), (150, 100, 100), dtype=np.uint8)
    photo[:, 2:] = (90, 60, 60)

    made = augmented_views(photo, np.arange(64), Augmentation(**{name: 0.4}))

    measures = {
        "brightness": made.mean(axis=(1, 2, 3)),
        "contrast": made[:, 0, 0, 0] - made[:, 3, 0, 0],
        "saturation": made[:, 0, 0, 0] - made[:, 0, 0, 1],
    }
    unchanged = {"brightness": 93, "contrast": 60, "saturation": 50}
    assert measures[name].min() < unchanged[name] - 5
    assert measures[name].max() > unchanged[name] + 5


def test_floats_and_whole_numbers_of_one_value_have_one_view():
    whole = augmented_views(noise(), SEEDS, LEAF)

    floats = augmented_views(noise().astype(np.float64), SEEDS, LEAF)

    np.testing.assert_array_equal(floats, whole)


def test_nothing_leaves_pixels_alone():
    made = augmented_views(noise(), SEEDS, Augmentation())

    np.testing.assert_array_equal(made, noise())


def test_no_photos_have_no_views():
    assert augmented_views(noise(0), SEEDS[:0], LEAF).shape == (0, 16, 12, 3)


@pytest.mark.parametrize(
    ("images", "seeds", "augmentation", "message"),
    [
        (
            noise(2),
            SEEDS[:3],
            LEAF,
            "photo_seeds='shape (3,)' must have shape (2,), one seed for each photo.",
        ),
        (
            noise(2)[0],
            SEEDS[:1],
            LEAF,
            "images='shape (16, 12, 3)' must have shape (n, height, width, 3).",
        ),
        (
            noise(2),
            SEEDS[:2],
            Augmentation(mix_up=0.2),
            f"augmentation={Augmentation(mix_up=0.2)!r} must mix nothing: "
            "a view is made of one photo alone.",
        ),
        (
            noise(2),
            SEEDS[:2],
            Augmentation(cut_mix=0.2),
            f"augmentation={Augmentation(cut_mix=0.2)!r} must mix nothing: "
            "a view is made of one photo alone.",
        ),
    ],
    ids=["seeds", "images", "mix up", "cut mix"],
)
def test_invalid_arguments_are_refused(images, seeds, augmentation, message):
    with pytest.raises(ConfigError) as caught:
        augmented_views(images, seeds, augmentation)

    assert str(caught.value) == message


def test_mixed_precision_does_not_round_pixels():
    import keras

    photo = np.full((1, 4, 4, 3), 201.1, dtype=np.float32)
    policy = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        made = augmented_views(photo, SEEDS[:1], KINDS["flip"])
    finally:
        keras.mixed_precision.set_global_policy(policy)

    assert made.tolist() == photo.tolist()


@pytest.mark.parametrize(
    "other",
    [
        (b"b" * 32, LEAF, 0, 0),
        (b"a" * 32, Augmentation(), 0, 0),
        (b"a" * 32, LEAF, 1, 0),
        (b"a" * 32, LEAF, 0, 1),
        (b"a" * 32, LEAF, 1, 1),
    ],
    ids=["photo", "augmentation", "seed", "view", "seed and view"],
)
def test_each_ingredient_makes_another_key(other):
    key = view_key(b"a" * 32, LEAF, 0, 0)

    other_key = view_key(*other)

    assert len(key) == len(other_key) == 32
    assert other_key != key


@every_kind
def test_each_field_of_the_augmentation_makes_another_key(augmentation):
    assert view_key(bytes(32), augmentation, 0, 0) != view_key(bytes(32), Augmentation(), 0, 0)


def test_seed_and_view_do_not_run_together():
    assert view_key(bytes(32), LEAF, 1, 12) != view_key(bytes(32), LEAF, 11, 2)


def test_equal_augmentations_have_equal_keys():
    whole, real = Augmentation(rotation=1, zoom=0), Augmentation(rotation=np.float64(1.0), zoom=0.0)

    assert view_key(bytes(32), whole, 0, 0) == view_key(bytes(32), real, np.int64(0), 0)


def test_a_key_is_the_same_in_a_later_run():
    key = view_key(bytes(range(32)), Augmentation(flip="horizontal"), 7, 3)

    assert key.hex() == "c240f93cd8cd4ce011c46b33105dbb6adcffabae0016e45c98d4cb6813f75984"


@pytest.mark.parametrize(
    ("seed", "view", "message"),
    [(-1, 0, "seed=-1 must be at least 0."), (0, -2, "view=-2 must be at least 0.")],
)
def test_seeds_and_views_are_not_negative(seed, view, message):
    with pytest.raises(ConfigError) as caught:
        view_key(bytes(32), LEAF, seed, view)

    assert str(caught.value) == message


def test_a_seed_is_the_first_eight_bytes_of_its_key():
    seeds = view_seeds([b"\xff" * 32, b"\x02" + bytes(31)])

    assert seeds.dtype == np.int64
    assert seeds.tolist() == [-1, 2]


def test_no_keys_have_no_seeds():
    assert view_seeds([]).shape == (0,)
