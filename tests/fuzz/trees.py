"""Random folder trees with common names, and checks of how they are opened."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from transferleaf.commands.grammar.photo_paths import photo_paths
from transferleaf.datasets import open_leaves
from transferleaf.datasets.class_names import alike
from transferleaf.datasets.layouts.part_folders import parts_among
from transferleaf.errors import ConfigError, DataError

_FOLDERS = (
    *("train", "test", "val", "dev", "Train_aug", "valid", "train_images", "test_images", "images"),
    *("seg_train", "seg_test", "fold_0", "fold_1", "trainset", "testset", "trainval", "split1"),
    *("Tomato", "Tomato___rust", "Tomato___healthy", "rust", "Rust", "rust ", "a.", "a", "1", "10"),
    *("녹병", "e\u0301", "é", ".hidden", "__MACOSX", "[x]", "x*", "New Plant Diseases Dataset"),
)
_FILES = (
    *("1.jpg", "2.JPE", "3.png", "leaf .jpg", "4.jpg ", "1_flipLR.JPG", "IMG_0001 (1).jpg"),
    *("notes.txt", "train.csv", "labels.csv", "metadata.csv", "split.csv", "Thumbs.db", ".jpg"),
)
_TABLE = "path,label\n1.jpg,rust\n3.png,scab\n"
_MOST = 20


def drawn_tree(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    """Return a random tree as JSON: pairs of a path and its content."""
    places, entries = [""], []
    for name in rng.choice(_FOLDERS, size=rng.integers(5), replace=False).tolist():
        # First folders with a photo each, as in many data sets, then anything.
        places.append(f"{name}/")
        entries.append([f"{name}/1.jpg", "file"])
    for _ in range(rng.integers(_MOST)):
        above = places[rng.integers(len(places))]
        kind = ("folder", "folder", "file", "file", "file", "link")[rng.integers(6)]
        names = _FILES if kind == "file" else _FOLDERS
        place = f"{above}{names[rng.integers(len(names))]}"
        if kind == "folder":
            places.append(f"{place}/")
            entries.append([place, "folder"])
        elif kind == "file":
            entries.append([place, "file"])
        else:
            entries.append([place, f"link {places[rng.integers(len(places))]}"])
    return json.dumps(entries).encode()


def check_tree(description: Path) -> str:
    """Create a tree and open it. Returns ``"read"``, ``"refused"`` or a violation."""
    root = Path(tempfile.mkdtemp(prefix="tree-", dir=description.parent))
    try:
        _make(root, json.loads(description.read_bytes()))
        asked = list(photo_paths([str(root)], io.StringIO()))
        if len(asked) != len(set(asked)):
            return "a photo is asked about twice"
        try:
            data = open_leaves(root)
        except (DataError, ConfigError):
            return "refused"
        if parts_among(data.classes) or alike(data.classes):
            return f"the classes {data.classes}"
        lost = set(data.paths) - set(asked)
        return f"predict does not find {sorted(lost)}" if lost else "read"
    finally:
        shutil.rmtree(root)


def _make(root: Path, entries: list[list[str]]) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (4, 4)).save(photo, "JPEG")
    for place, kind in entries:
        path = root / place
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "folder":
                path.mkdir(exist_ok=True)
            elif kind == "file":
                path.write_bytes(_TABLE.encode() if path.suffix == ".csv" else photo.getvalue())
            else:
                path.symlink_to(root / kind.removeprefix("link "), target_is_directory=True)
        except OSError:  # the name is already in use
            continue
