"""A small generated example of every layout, one function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.datasets.layouts.tiny_village import copy_of_tiny_village
from tests.datasets.painting import paint_all
from transferleaf.datasets.leaf_dataset import LeafDataset


def class_folders(root: Path) -> Path:
    return paint_all(root, ["Mint___rust/1.png", "Mint___rust/2.png", "Mint___healthy/1.png"])


def nested_folders(root: Path) -> Path:
    return paint_all(root, ["Mint/rust/1.png", "Mint/healthy/1.png", "Sage/rust/1.png"])


def new_plant_diseases(root: Path) -> Path:
    archive = "New Plant Diseases Dataset(Augmented)/New Plant Diseases Dataset(Augmented)"
    paint_all(root / archive, ["train/rust/1.JPG", "train/rust/1_90deg.JPG", "train/healthy/2.JPG"])
    paint_all(root / archive, ["valid/rust/1_flipLR.JPG", "valid/healthy/2_newPixel25.JPG"])
    return paint_all(root, ["test/test/Rust1.JPG"])


def manifest(root: Path) -> Path:
    LeafDataset.from_folder(class_folders(root)).save(root / "saved.csv")
    return root / "saved.csv"


def hugging_face(root: Path) -> Path:
    paint_all(root, ["train/1.png", "train/2.png", "validation/1.png"])
    (root / "train/metadata.csv").write_text("file_name,label\n1.png,rust\n2.png,healthy\n")
    (root / "validation/metadata.csv").write_text("file_name,label\n1.png,rust\n")
    return root


def table(root: Path) -> Path:
    paint_all(root, ["images/a.png", "images/b.png", "images/c.png"])
    (root / "train.csv").write_text("image_id,label\na,rust\nb,healthy\nc,rust\n")
    return root


def tensorflow_datasets(root: Path) -> Path:
    return copy_of_tiny_village(root)


def split_folders(root: Path) -> Path:
    return paint_all(root, ["train/rust/1.png", "train/healthy/1.png", "val/rust/2.png"])


EXAMPLES: Mapping[str, Callable[[Path], Path]] = {
    "class folders": class_folders,
    "hugging face metadata": hugging_face,
    "manifest": manifest,
    "nested folders": nested_folders,
    "new plant diseases": new_plant_diseases,
    "split folders": split_folders,
    "table": table,
    "tensorflow datasets": tensorflow_datasets,
}
"""By name of the layout; each paints into an empty folder and returns what is to be opened."""
