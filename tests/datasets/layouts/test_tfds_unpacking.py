from __future__ import annotations

import os
import sys

import pytest

from tests.datasets.layouts.tiny_village import (
    copy_of_tiny_village,
    import_tfds,
    photo_bytes,
    prepare,
)
from transferleaf.datasets.layouts import tfds_unpacking
from transferleaf.datasets.layouts.tfds_unpacking import plain_name, unpack
from transferleaf.errors import FolderLayoutError, MissingExtraError

NAMES = [f"train/Mint___{('rust', 'healthy')[n % 2]}/image ({n}).JPG" for n in range(4)]


@pytest.fixture
def prepared(tmp_path):
    return copy_of_tiny_village(tmp_path / "data") / "tiny_village/1.0.2"


def photos_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*/*/*")
        if path.is_file()
    }


def test_photos_keep_their_bytes_names_and_classes(prepared, tmp_path):
    folder = unpack(prepared, to=tmp_path / "photos")

    assert folder == tmp_path / "photos"
    assert photos_in(folder) == {name: photo_bytes(n) for n, name in enumerate(NAMES)}


def test_the_photos_are_listed(prepared, tmp_path):
    folder = unpack(prepared, to=tmp_path / "photos")

    lines = (folder / "photos.csv").read_text().splitlines()
    assert lines[0] == "path,label,split"
    assert sorted(lines[1:]) == sorted(f"{name},{name.split('/')[1]},train" for name in NAMES)


def test_the_cache_is_their_usual_place(prepared, cache_of_the_tests):
    folder = unpack(prepared, to=None)

    assert folder.parent == cache_of_the_tests / "tfds"
    assert folder.name.startswith("tiny_village-1.0.2-")


def test_photos_are_unpacked_once(prepared, tmp_path, monkeypatch):
    unpack(prepared, to=tmp_path / "photos")
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)

    assert unpack(prepared, to=tmp_path / "photos") == tmp_path / "photos"


def test_newly_prepared_data_is_unpacked_again(prepared, cache_of_the_tests):
    before = unpack(prepared, to=None)
    facts = prepared / "dataset_info.json"
    facts.write_text(facts.read_text().replace('"name"', '"description": "new", "name"', 1))

    assert unpack(prepared, to=None) != before


def test_an_empty_folder_is_filled(prepared, tmp_path):
    (tmp_path / "photos").mkdir()

    assert len(photos_in(unpack(prepared, to=tmp_path / "photos"))) == 4


@pytest.mark.parametrize("source", ["", '{"sha256": "another"}'])
def test_a_folder_with_something_else_is_left_alone(prepared, tmp_path, source):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/source.json").write_text(source)

    with pytest.raises(FolderLayoutError) as caught:
        unpack(prepared, to=tmp_path / "photos")

    assert str(caught.value) == (
        f"'{tmp_path}/photos' contains other files than the photos of '{prepared}'; "
        "name a new or empty folder."
    )


def test_interrupted_unpacking_leaves_nothing(prepared, tmp_path, monkeypatch):
    def cut(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(tfds_unpacking, "_put_in_place", cut)

    with pytest.raises(KeyboardInterrupt):
        unpack(prepared, to=tmp_path / "photos")

    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_a_killed_process_left_is_removed(prepared, tmp_path):
    left = tmp_path / "photos.partial-1-0123abcd-ffff"
    left.mkdir()
    os.utime(left, (0, 0))

    unpack(prepared, to=tmp_path / "photos")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "photos"]


def test_another_process_may_be_quicker(prepared, tmp_path, monkeypatch):
    write = tfds_unpacking._write

    def write_later(records, folder):
        monkeypatch.setattr(tfds_unpacking, "_write", write)
        unpack(prepared, to=tmp_path / "photos")
        write(records, folder)

    monkeypatch.setattr(tfds_unpacking, "_write", write_later)

    assert len(photos_in(unpack(prepared, to=tmp_path / "photos"))) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "photos"]


def test_damaged_records_are_an_error(prepared, tmp_path):
    [records] = prepared.glob("*.tfrecord*")
    records.write_bytes(records.read_bytes()[:-10])

    with pytest.raises(FolderLayoutError) as caught:
        unpack(prepared, to=tmp_path / "photos")

    assert str(caught.value).startswith(
        f"'{prepared}' cannot be read by TensorFlow Datasets (DataLossError: "
    )
    assert str(caught.value).endswith("; prepare it again with download_and_prepare().")
    assert not (tmp_path / "photos").exists()


def test_damaged_facts_are_an_error(prepared, tmp_path):
    (prepared / "features.json").write_text("{}")

    with pytest.raises(FolderLayoutError, match="cannot be read by TensorFlow Datasets"):
        unpack(prepared, to=tmp_path / "photos")


def test_without_tensorflow_datasets_the_error_says_how_to_get_it(prepared, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)

    with pytest.raises(MissingExtraError) as caught:
        unpack(prepared, to=tmp_path / "photos")

    assert str(caught.value) == (
        "reading data sets of TensorFlow Datasets needs the package 'tensorflow-datasets', which "
        'is not installed; pip install "transferleaf[tfds]" installs it.'
    )


def test_photos_without_names_are_numbered_and_others_kept_apart(tmp_path):
    tfds = import_tfds()
    photo, label = tfds.features.Image(), tfds.features.ClassLabel(names=["a/b", "a:b"])
    prepared = prepare(
        tmp_path / "data",
        {"image": photo, "label": label},
        {
            "train": [{"label": 0}, {"label": 1}, {"label": "a/b"}],
            "test": [{"label": 0}, {"label": -1}],
        },
    )

    folder = unpack(prepared, to=tmp_path / "photos")

    assert sorted(photos_in(folder)) == [
        "test/a_b/000000.jpg",
        "train/a_b/000000.jpg",
        "train/a_b/000001.jpg",
        "train/a_b/000002.jpg",
    ]


def test_equal_names_are_told_apart(tmp_path):
    tfds = import_tfds()
    features = {
        "image": tfds.features.Image(),
        "filename": tfds.features.Text(),
        "label": tfds.features.ClassLabel(names=["a", "b"]),
    }
    names = ["x.jpg", "other/X.JPG", "x", "x.jpg"]
    records = [{"filename": name, "label": number // 3} for number, name in enumerate(names)]
    prepared = prepare(tmp_path / "data", features, {"train": records})

    folder = unpack(prepared, to=tmp_path / "photos")

    listed = {name.casefold() for name in photos_in(folder)}
    assert listed == {"train/a/x.jpg", "train/a/x-2.jpg", "train/a/x-3.jpg", "train/b/x.jpg"}


def test_data_without_one_class_each_are_refused(tmp_path):
    tfds = import_tfds()
    prepared = prepare(
        tmp_path / "data",
        {"image": tfds.features.Image(), "text": tfds.features.Text()},
        {"train": [{"text": "leaf"}]},
    )

    with pytest.raises(FolderLayoutError) as caught:
        unpack(prepared, to=tmp_path / "photos")

    assert str(caught.value) == (
        f"'{prepared}' has 0 features of the kind class label among ['image', 'text']; "
        "photos with one class each are needed."
    )


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("image (1).JPG", "image (1).JPG"),
        ("..", "_"),
        ("", "_"),
        (".hidden.jpg", "hidden.jpg"),
        ('a<b>c:d"e|f?g*h\n.jpg', "a_b_c_d_e_f_g_h_.jpg"),
        ("잎 🍃.jpg", "잎 🍃.jpg"),
        ("e\u0301.jpg", "\u00e9.jpg"),
        ("x" * 300 + ".jpg", "x" * 196 + ".jpg"),
        ("잎" * 100 + ".jpg", "잎" * 65 + ".jpg"),
    ],
)
def test_names_become_such_as_every_system_allows(name, plain):
    assert plain_name(name) == plain
