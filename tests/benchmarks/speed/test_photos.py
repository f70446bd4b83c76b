import csv

import numpy as np
import pytest
from PIL import Image

from benchmarks.speed.folders import class_names, leaf_table, photos_below
from benchmarks.speed.photos import PhotoFolders, Selection, counted, every_kth
from transferleaf.datasets import LeafDataset


@pytest.fixture
def data(tmp_path):
    """Two classes of ten photos, each of a separate leaf."""
    for label, name in enumerate(["Bean___rust", "Bean___healthy"]):
        for number in range(10):
            path = tmp_path / "photos" / name / f"leaf{number:04d}_photo1.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.full((8, 8, 3), 100 * label + number, np.uint8)
            Image.fromarray(pixels).save(path)
    return LeafDataset.from_folder(tmp_path / "photos")


@pytest.fixture
def lay_out(data, tmp_path):
    """Writes a selection of the photos."""
    return PhotoFolders(data=data, folder=tmp_path / "folders").lay_out


@pytest.mark.parametrize(
    ("labels", "photos", "positions"),
    [
        ([0, 0, 0, 0, 1, 1], 3, [0, 2, 4]),
        ([1, 0, 1, 0], 2, [1, 0]),
        ([0, 1], 5, [0, 1]),
    ],
    ids=["every second of each class", "classes may be mixed", "no more than there are"],
)
def test_a_part_of_the_photos_holds_every_kth_of_each_class(labels, photos, positions):
    assert every_kth(labels, photos) == positions


def test_where_there_are_too_few_photos_copies_are_numbered():
    assert counted(2, 5) == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2)]


def test_a_split_has_three_parts_with_all_photos_in_them(lay_out):
    folder = lay_out(Selection(layout="split"))

    parts = {part: len(photos_below(folder / part)) for part in ("train", "val", "test")}
    assert parts == {"train": 12, "val": 4, "test": 4}
    assert class_names(folder) == ["Bean___healthy", "Bean___rust"]


def test_the_leaves_of_a_split_are_saved_next_to_it(lay_out):
    folder = lay_out(Selection(layout="split"))

    with leaf_table(folder).open(newline="") as file:
        leaves = {row["file"]: row["leaf"] for row in csv.DictReader(file)}
    assert set(leaves) == {path.relative_to(folder).as_posix() for path in photos_below(folder)}
    assert all(leaves.values())


def test_a_counted_folder_has_just_so_many_photos_that_all_differ(lay_out):
    folder = lay_out(Selection(layout="counted", photos=50))

    photos = photos_below(folder)
    assert len(photos) == 50
    assert len({path.read_bytes() for path in photos}) == 50
    assert len(photos_below(folder / "val")) == 12


def test_a_copy_shows_the_same_picture(lay_out):
    folder = lay_out(Selection(layout="counted", photos=21))

    (copy,) = folder.rglob("copy1-*")
    place = f"{copy.parent.name}/{copy.name.replace('copy1', 'copy0')}"
    (original,) = folder.glob(f"*/{place}")
    assert np.array_equal(np.asarray(Image.open(copy)), np.asarray(Image.open(original)))


def test_a_flat_folder_repeats_photos_where_there_are_too_few(lay_out):
    folder = lay_out(Selection(layout="flat", photos=45))

    photos = photos_below(folder)
    assert [path.parent for path in photos] == [folder] * 45
    assert len({path.read_bytes() for path in photos}) == 20


def test_a_selection_is_laid_out_once(lay_out):
    assert lay_out(Selection(layout="flat")) == lay_out(Selection(layout="flat"))
