"""Access to photo folders without the library, which PyTorch's environment may not contain."""

from __future__ import annotations

from pathlib import Path


def class_names(folder: Path) -> list[str]:
    """Return the sorted class names of a folder that contains ``train``."""
    return sorted(path.name for path in (folder / "train").iterdir())


def photos_below(folder: Path) -> list[Path]:
    """Return all files below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def leaf_table(folder: Path) -> Path:
    """Return the path of the leaf table, which is next to the folder."""
    return folder.with_name(f"{folder.name}-leaves.csv")
