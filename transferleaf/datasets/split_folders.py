"""The layout ``root/{train,val,test}/Class/photo.jpg``: class folders that are split already."""

from __future__ import annotations

from pathlib import Path

from transferleaf.datasets.class_folders import FoundPhotos, first_few, read_class_folders
from transferleaf.datasets.photo_files import list_folder
from transferleaf.errors import ClassMismatchError, FolderLayoutError

# Names of a part on the left, the folder names that mean it on the right, in lower case.
PART_FOLDERS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}
_MEANING = {folder: part for part, folders in PART_FOLDERS.items() for folder in folders}


def find_in_split_folders(root: Path) -> dict[str, FoundPhotos]:
    """Find the photos of each part, in the order train, val, test.

    Args:
        root: A folder that holds ``train`` and ``val`` or ``test`` or both, in upper or lower
            case, each with class folders.

    Returns:
        The photos by name of the part; all parts have the classes of ``train``.

    Raises:
        FolderLayoutError: ``root`` has another layout.
        ClassMismatchError: A part has a class that ``train`` lacks.
    """
    folders = _part_folders(root)
    found = {part: read_class_folders(folders[part]) for part in PART_FOLDERS if part in folders}
    classes = found["train"].classes
    if len(classes) == 1:
        raise FolderLayoutError(
            folders["train"],
            f"has one class folder, {classes[0]!r}",
            "a classifier needs at least two classes, each in a folder of its own.",
        )
    return {part: _with_classes(part, photos, classes) for part, photos in found.items()}


def refuse_split_folders(root: Path) -> None:
    """Raise if ``root`` is split into parts, so that nobody takes a part for a class.

    Raises:
        FolderLayoutError: ``root`` holds a folder ``train`` with class folders in it.
    """
    parts = {
        _MEANING[folder.name.lower()]: folder
        for folder in list_folder(root).folders
        if folder.name.lower() in _MEANING
    }
    if "train" not in parts:
        return
    train = list_folder(parts["train"])
    if train.photos or not train.folders:
        return
    names = ", ".join(folder.name for folder in parts.values())
    alone = f"LeafDataset.from_folder({str(parts['train'])!r}) reads it, and split() divides it."
    whole = f"LeafDataset.from_split_folders({str(root)!r}) reads the parts as they are."
    raise FolderLayoutError(
        root, f"is split into parts ({names})", alone if len(parts) == 1 else whole
    )


def _part_folders(root: Path) -> dict[str, Path]:
    parts: dict[str, Path] = {}
    strangers = []
    for folder in list_folder(root).folders:
        part = _MEANING.get(folder.name.lower())
        if part is None:
            strangers.append(folder.name)
        elif part in parts:
            raise FolderLayoutError(
                root,
                f"has two folders for {part}, {parts[part].name!r} and {folder.name!r}",
                "move their photos into one of them.",
            )
        else:
            parts[part] = folder
    _check_parts(root, parts, strangers)
    return parts


def _check_parts(root: Path, parts: dict[str, Path], strangers: list[str]) -> None:
    if "train" not in parts or len(parts) == 1:
        held = first_few([folder.name for folder in parts.values()] + strangers)
        raise FolderLayoutError(
            root,
            f"is not split into parts (it holds {held or 'no folders'})",
            "it needs train and val or test or both, each with class folders; "
            "LeafDataset.from_folder reads class folders that are not split.",
        )
    if strangers:
        raise FolderLayoutError(
            root,
            f"has folders that are no part: {first_few(strangers)}",
            "only train, val and test may lie here; move the others away.",
        )


def _with_classes(part: str, photos: FoundPhotos, classes: tuple[str, ...]) -> FoundPhotos:
    unknown = sorted(set(photos.classes) - set(classes))
    if unknown:
        missing = sorted(set(classes) - set(photos.classes))
        raise ClassMismatchError(part, missing=missing, unknown=unknown, than="train")
    position = [classes.index(name) for name in photos.classes]
    return FoundPhotos(
        classes=classes,
        paths=photos.paths,
        labels=tuple(position[label] for label in photos.labels),
        ignored=photos.ignored,
    )
