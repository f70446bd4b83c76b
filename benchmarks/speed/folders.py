"""What contenders find in a folder of photos, without the library: PyTorch's may not have it."""

from __future__ import annotations

from pathlib import Path


def class_names(folder: Path) -> list[str]:
    """Names of the classes of a folder that holds ``train``, sorted."""
    return sorted(path.name for path in (folder / "train").iterdir())


def photos_below(folder: Path) -> list[Path]:
    """All files below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def leaf_table(folder: Path) -> Path:
    """Where the leaf of each photo is written down: beside the folder, not among the photos."""
    return folder.with_name(f"{folder.name}-leaves.csv")
