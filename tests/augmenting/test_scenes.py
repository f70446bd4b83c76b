"""Field scenes as an augmentation: as views, as changing batches, and saved."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from transferleaf.augmenting.augmentation import Augmentation
from transferleaf.augmenting.backgrounds import read_backgrounds
from transferleaf.augmenting.views import augmented_views, view_keys
from transferleaf.errors import BadPhotosError, ConfigError, FolderLayoutError
from transferleaf.scenes.field_scenes import FieldScenes

SCENES = Augmentation(scenes=FieldScenes(share=1))


@pytest.fixture
def photos(plain_photo):
    return np.stack([plain_photo, plain_photo[:, ::-1], plain_photo[::-1]])


@pytest.fixture(scope="module")
def plain_photo():
    photo = np.full((48, 48, 3), 180, np.uint8)
    photo[10:40, 14:34] = (50, 120, 40)
    return photo


@pytest.fixture
def backgrounds(tmp_path):
    folder = tmp_path / "fields" / "May"
    folder.mkdir(parents=True)
    for number in range(2):
        Image.new("RGB", (60, 40), (0, 0, 100 * number)).save(folder / f"{number}.png")
    return folder.parent


def test_views_are_the_same_in_any_batch(photos):
    seeds = np.array([5, 6, 7])
    together = augmented_views(photos, seeds, SCENES)

    alone = augmented_views(photos[1:2], seeds[1:2], SCENES)

    np.testing.assert_array_equal(alone[0], together[1])
    assert (together != photos).any(axis=(1, 2, 3)).all()


def test_scenes_come_before_the_other_changes(photos):
    both = Augmentation(scenes=FieldScenes(share=1), brightness=0.5)

    made = augmented_views(photos, np.arange(3), both)

    assert (made != augmented_views(photos, np.arange(3), SCENES)).any()


def test_photos_that_are_not_square_keep_their_shape(photos):
    made = augmented_views(photos[:, :, :40], np.arange(3), SCENES)

    assert made.shape == (3, 48, 40, 3)


def test_every_pass_over_a_data_set_sees_new_scenes(photos):
    tf = pytest.importorskip("tensorflow")
    dataset = tf.data.Dataset.from_tensor_slices((photos, [0, 1, 0])).batch(3)

    changed = SCENES.apply(dataset, classes=2, seed=0)
    (first, labels), (second, _) = next(iter(changed)), next(iter(changed))

    assert first.shape == (3, 48, 48, 3)
    assert labels.numpy().tolist() == [0, 1, 0]
    assert (first.numpy() != second.numpy()).any()


def test_an_augmentation_with_scenes_is_saved_and_read():
    field = Augmentation.field("fields")

    assert Augmentation.from_dict(field.to_dict()) == field
    assert field.scenes == FieldScenes(backgrounds="fields")


def test_an_augmentation_without_scenes_is_read_from_files_of_earlier_versions():
    earlier = Augmentation.leaf().to_dict()
    del earlier["scenes"]

    assert Augmentation.from_dict(earlier) == Augmentation.leaf()


def test_other_values_for_scenes_are_refused():
    with pytest.raises(ConfigError, match="scenes=1 must be FieldScenes or None"):
        Augmentation(scenes=1)


def test_other_backgrounds_make_other_views(backgrounds):
    field = Augmentation.field(backgrounds)
    before = view_keys([bytes(32)], field, 0, 1)

    Image.new("RGB", (60, 40), (200, 0, 0)).save(backgrounds / "new.png")

    assert view_keys([bytes(32)], field, 0, 1) != before
    assert view_keys([bytes(32)], Augmentation.field(), 0, 1) != before


def test_backgrounds_are_found_at_any_depth(backgrounds):
    assert len(read_backgrounds(str(backgrounds)).pixels) == 2


def test_a_mistyped_folder_of_backgrounds_is_named(tmp_path):
    with pytest.raises(FolderLayoutError) as caught:
        read_backgrounds(str(tmp_path / "feilds"))

    assert str(caught.value) == (
        f"{str(tmp_path / 'feilds')!r} is not a folder; give a folder of background photos, "
        "such as photos of fields without leaves."
    )


def test_a_folder_without_photos_is_named(tmp_path):
    with pytest.raises(FolderLayoutError, match="contains no photos"):
        read_backgrounds(str(tmp_path))


def test_unreadable_backgrounds_are_listed(backgrounds):
    (backgrounds / "bad.jpg").write_bytes(b"no photo")

    with pytest.raises(BadPhotosError, match=r"(?s)1 of 3 photos cannot be read:.*bad\.jpg"):
        read_backgrounds(str(backgrounds))


def test_a_mistyped_folder_of_backgrounds_is_named_before_the_photos_are_read(tmp_path):
    dataset = tf.data.Dataset.from_tensors((np.zeros((1, 8, 8, 3), "uint8"), [0]))

    with pytest.raises(FolderLayoutError, match="feilds"):
        Augmentation.field(tmp_path / "feilds").apply(dataset, classes=2, seed=0)
