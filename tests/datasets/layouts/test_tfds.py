from __future__ import annotations

import shutil

import pytest

from tests.datasets.layouts.tiny_village import CLASSES, copy_of_tiny_village, tiny_village
from transferleaf.datasets import open_tfds
from transferleaf.datasets.layouts.tfds import TfdsFolder
from transferleaf.errors import ConfigError, FolderLayoutError


def pretend(folder):
    folder.mkdir(parents=True)
    (folder / "dataset_info.json").touch()
    (folder / "features.json").touch()
    return folder


def test_unpacked_photos_are_found_by_class(tmp_path):
    found = TfdsFolder(unpack_to=tmp_path / "photos").find(copy_of_tiny_village(tmp_path / "data"))

    assert found.classes == tuple(sorted(CLASSES))
    assert found.names == (
        "train/Mint___healthy/image (1).JPG",
        "train/Mint___healthy/image (3).JPG",
        "train/Mint___rust/image (0).JPG",
        "train/Mint___rust/image (2).JPG",
    )
    assert found.paths[0] == tmp_path / "photos" / found.names[0]
    assert found.parts == ()


@pytest.mark.parametrize("place", [".", "1.0.2", "plant_village/1.0.2", "plant_leaves/small/1.0.2"])
def test_a_prepared_folder_is_recognised_from_above(tmp_path, place):
    pretend(tmp_path / "data" / place)

    recognition = TfdsFolder().recognise(tmp_path / "data")

    assert recognition.sure
    assert recognition.reason == f"'{place}' holds dataset_info.json and features.json"


@pytest.mark.parametrize("place", ["a/b/c/d", "incomplete.X_1.0.2", ".hidden"])
def test_other_folders_are_not_recognised(tmp_path, place):
    pretend(tmp_path / place)

    assert TfdsFolder().recognise(tmp_path) is None


def test_several_prepared_folders_need_a_choice(tmp_path):
    pretend(tmp_path / "plant_village/1.0.1")
    pretend(tmp_path / "plant_village/1.0.2")

    with pytest.raises(FolderLayoutError) as caught:
        TfdsFolder().find(tmp_path)

    assert not TfdsFolder().recognise(tmp_path).sure
    assert str(caught.value) == (
        f"'{tmp_path}' holds 2 data sets that TensorFlow Datasets prepared: "
        "'plant_village/1.0.1', 'plant_village/1.0.2'; "
        "name one that is prepared, as in data_dir/plant_village/1.0.2."
    )


def test_a_folder_without_any_says_so(tmp_path):
    with pytest.raises(FolderLayoutError) as caught:
        TfdsFolder().find(tmp_path)

    assert caught.value.found == "holds no data set that TensorFlow Datasets prepared"


def test_a_data_set_is_prepared_and_opened_by_name(tmp_path):
    tiny_village()

    data = open_tfds("tiny_village", data_dir=tmp_path / "data", unpack_to=tmp_path / "photos")

    assert data.class_counts() == {"Mint___healthy": 2, "Mint___rust": 2}
    assert data.read(0, 4).shape == (4, 4, 3)
    assert data.origin == "TensorFlow Datasets, tiny_village/1.0.2; leaf ids: unknown (4)"


def test_leaves_can_be_given_for_unpacked_photos(tmp_path):
    tiny_village()
    copy_of_tiny_village(tmp_path)
    names = [f"train/{CLASSES[n % 2]}/image ({n}).JPG" for n in range(4)]

    data = open_tfds("tiny_village", data_dir=tmp_path, leaves=dict.fromkeys(names, "one"))

    assert data.n_leaves == 1


def test_a_name_that_is_not_known_is_refused(tmp_path):
    tiny_village()

    with pytest.raises(ConfigError) as caught:
        open_tfds("tiny_villages", data_dir=tmp_path)

    assert str(caught.value) == "name='tiny_villages' must be a data set of TensorFlow Datasets."


def test_a_photo_removed_after_unpacking_is_missed(tmp_path):
    layout = TfdsFolder(unpack_to=tmp_path / "photos")
    layout.find(copy_of_tiny_village(tmp_path / "data"))
    shutil.rmtree(tmp_path / "photos/train/Mint___rust")

    with pytest.raises(ValueError, match="names 4 photos, 2 of which are not there"):
        layout.find(tmp_path / "data")
