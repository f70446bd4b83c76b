"""The layout ``root/{train,val,test}/Class/photo.jpg``: class folders that are split already."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from transferleaf.datasets.layouts.class_folders import check_several_classes, read_class_folders
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.part_folders import (
    PART_FOLDERS,
    are_all_parts,
    named_parts,
    part_of,
)
from transferleaf.datasets.photos.files import is_folder, list_folder, names_below
from transferleaf.errors import ClassMismatchError, FolderLayoutError
from transferleaf.wording import first_few


class SplitFolders:
    """Class folders in a folder for each part."""

    name = "split folders"
    picture = "root/{train,val,test}/Class/photo.jpg"

    def recognise(self, root: Path) -> Recognition | None:
        """Look for a folder ``train`` and another part, with folders in it."""
        if not is_folder(root):
            return None
        parts = named_parts(root)
        if "train" not in parts or len(parts) == 1 or not list_folder(parts["train"]).folders:
            return None
        names = ", ".join(folder.name for folder in parts.values())
        return Recognition(reason=f"it holds folders for parts ({names})", sure=True)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos of each part, in the order train, val, test.

        Args:
            root: A folder that holds ``train`` and ``val`` or ``test`` or both, in upper or lower
                case, each with class folders.

        Returns:
            The photos; all parts have the classes of ``train``.

        Raises:
            FolderLayoutError: ``root`` has another layout.
            ClassMismatchError: A part has a class that ``train`` lacks.
        """
        folders = _part_folders(root)
        found = {
            part: read_class_folders(folders[part]) for part in PART_FOLDERS if part in folders
        }
        check_several_classes(folders["train"], found["train"].classes)
        return join_parts(root, found)


def join_parts(root: Path, found: Mapping[str, FoundPhotos]) -> FoundPhotos:
    """Put the photos of several parts one after another.

    Args:
        root: The folder that holds them all.
        found: Photos by part; a part may lack classes of ``train``.

    Raises:
        ClassMismatchError: A part has a class that ``train`` lacks.
    """
    classes = found["train"].classes
    for part, photos in found.items():
        _check_classes(part, photos.classes, classes)
    position = {name: label for label, name in enumerate(classes)}
    paths = tuple(path for photos in found.values() for path in photos.paths)
    return FoundPhotos(
        classes=classes,
        paths=paths,
        names=names_below(root, paths),
        labels=tuple(position[name] for photos in found.values() for name in photos.class_names),
        parts=tuple(part for part, photos in found.items() for _ in photos.paths),
        ignored=tuple(path for photos in found.values() for path in photos.ignored),
    )


def refuse_split_folders(root: Path) -> None:
    """Raise if ``root`` is split into parts, so that nobody takes a part for a class.

    Raises:
        FolderLayoutError: ``root`` holds a folder ``train`` with class folders in it, or nothing
            but folders of parts.
    """
    parts = named_parts(root)
    if "train" not in parts:
        return
    train = list_folder(parts["train"])
    names = ", ".join(folder.name for folder in parts.values())
    if train.photos and are_all_parts(list_folder(root).folders):
        raise FolderLayoutError(
            root,
            f"is split into parts ({names}) whose photos are of no class",
            "put the photos of each class in a folder of its own in each part, as in "
            "train/Tomato___Late_blight/leaf1.jpg.",
        )
    if train.photos or not train.folders:
        return
    alone = f"LeafDataset.from_folder({str(parts['train'])!r}) reads it, and split() divides it."
    whole = f"LeafDataset.from_split_folders({str(root)!r}) reads the parts as they are."
    raise FolderLayoutError(
        root, f"is split into parts ({names})", alone if len(parts) == 1 else whole
    )


def _part_folders(root: Path) -> dict[str, Path]:
    parts: dict[str, Path] = {}
    strangers = []
    for folder in list_folder(root).folders:
        part = part_of(folder)
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


def _check_classes(part: str, found: tuple[str, ...], classes: tuple[str, ...]) -> None:
    unknown = sorted(set(found) - set(classes))
    if unknown:
        missing = sorted(set(classes) - set(found))
        raise ClassMismatchError(part, missing=missing, unknown=unknown, than="train")
