from __future__ import annotations

from pathlib import Path

import numpy as np
from rich.console import Console

from tests.datasets.painting import paint_all
from transferleaf.datasets.leaf_dataset import LeafDataset


def text_of(renderable):
    console = Console(width=90, color_system=None)
    with console.capture() as captured:
        console.print(renderable)
    return [" ".join(line.strip(" │┃").split()) for line in captured.get().splitlines()]


def photos(leaves=("x", "x", "y", None, "p", "q", "r", "r")):
    return LeafDataset(
        paths=tuple(Path(f"{n}.jpg") for n in range(8)),
        labels=np.array([0, 0, 0, 0, 1, 1, 1, 1]),
        classes=("Mint___rust", "Mint___[red]"),
        leaves=leaves,
        origin="here",
        ignored=(Path("a/notes.txt"), Path("b/data.csv")),
    )


def test_a_dataset_prints_its_classes():
    lines = text_of(photos())

    assert "Mint___rust │ 4 │ 2" in lines
    assert "Mint___[red] │ 4 │ 3" in lines
    assert "all │ 8 │ 5" in lines


def test_a_dataset_prints_what_was_left_out():
    lines = " ".join(text_of(photos()))

    assert "From here. 2 files left out: 'a/notes.txt', 'b/data.csv'" in lines


def test_unknown_leaves_are_listed_as_unknown():
    assert "all │ 8 │ unknown" in text_of(photos(leaves=(None,) * 8))


def test_a_split_prints_photos_shares_and_leaves():
    split = photos().split(0.5, 0.5, seed=0)

    lines = text_of(split)

    assert "Mint___rust │ 2 │ 2" in lines
    assert "all │ 4 │ 4" in lines
    assert "share │ 50.0% │ 50.0%" in lines
    assert f"leaves │ {split[0].n_leaves} │ {split[1].n_leaves}" in lines


def test_a_split_says_what_it_avoided():
    split = photos().split(0.5, 0.5, seed=0)

    lines = " ".join(text_of(split))

    count = split.leaked_by_naive_split()
    note = f"Split by leaf. In a split by photo: {count} photos of test show a leaf of train."
    assert count > 1
    assert f"{note} The leaf of 1 photo is unknown." in lines
    assert "leaked │ │ 0" in lines
    assert f"leaked by photo │ │ {count}" in lines


def test_a_split_from_folders_says_what_it_leaks(tmp_path):
    names = ["train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/1.png"]
    paint_all(tmp_path, names)
    leaves = dict(zip(names, ["x", "y", "x", "y"], strict=True))

    lines = " ".join(text_of(LeafDataset.from_split_folders(tmp_path, leaves=leaves)))

    assert "Published split: 2 photos of test show a leaf of train." in lines
    assert "leaked │ │ 2" in lines
    assert "is unknown" not in lines
    assert "leaked by photo" not in lines


def test_a_split_without_leaves_warns():
    lines = " ".join(text_of(photos(leaves=(None,) * 8).split(0.5, 0.5)))

    assert "leaked" not in lines
    assert "The leaves are unknown, so photos of one leaf may be in both train and test." in lines
