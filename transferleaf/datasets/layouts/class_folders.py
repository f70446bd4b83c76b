"""The layout ``root/Class/photo.jpg``: one folder of photos per class."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.photo_files import (
    FolderListing,
    composed,
    list_folder,
    names_below,
    photos_below,
)
from transferleaf.datasets.wording import counted, first_few
from transferleaf.errors import FolderLayoutError

_PUT_IN_CLASS_FOLDERS = (
    "put the photos of each class in a folder of its own, as in Tomato___Late_blight/leaf1.jpg."
)


class ClassFolders:
    """One folder of photos per class."""

    name = "class folders"
    picture = "root/Class/photo.jpg"

    def recognise(self, root: Path) -> Recognition | None:
        """Look for two folders that hold photos."""
        if not root.is_dir():
            return None
        folders = [folder for folder in list_folder(root).folders if list_folder(folder).photos]
        if len(folders) < 2:
            return None
        return Recognition(reason=f"{len(folders)} folders in it hold photos", sure=True)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos of ``root/Class/photo.jpg``, at least two classes.

        Raises:
            FolderLayoutError: ``root`` has another layout; the message says what it holds.
        """
        found = read_class_folders(root)
        check_several_classes(root, found.classes)
        return found


def check_several_classes(root: Path, classes: Sequence[str]) -> None:
    """Raise if there is but one class.

    Raises:
        FolderLayoutError: There is.
    """
    if len(classes) == 1:
        raise FolderLayoutError(
            root,
            f"has one class folder, {classes[0]!r}",
            "a classifier needs at least two classes, each in a folder of its own.",
        )


def read_class_folders(root: Path) -> FoundPhotos:
    """Find the photos of one or more class folders in ``root``.

    Raises:
        FolderLayoutError: ``root`` has another layout; the message says what it holds.
    """
    listing = list_folder(root)
    _check_root(root, listing)
    contents = {folder: list_folder(folder) for folder in listing.folders}
    _check_depth(root, contents)
    _check_empty_classes(root, contents)
    classes = _class_names(root, listing.folders)
    paths = tuple(photo for inside in contents.values() for photo in inside.photos)
    return FoundPhotos(
        classes=classes,
        paths=paths,
        names=names_below(root, paths),
        labels=tuple(
            label for label, inside in enumerate(contents.values()) for _ in inside.photos
        ),
        ignored=tuple(
            path for inside in contents.values() for path in (*inside.folders, *inside.others)
        ),
    )


def _check_root(root: Path, listing: FolderListing) -> None:
    if not listing.folders and not listing.photos:
        held = f"has no photos and no folders, only {counted(len(listing.others), 'other file')}"
        raise FolderLayoutError(root, held if listing.others else "is empty", _PUT_IN_CLASS_FOLDERS)
    if not listing.folders:
        raise FolderLayoutError(
            root,
            f"has 0 class folders and {counted(len(listing.photos), 'image')}",
            _PUT_IN_CLASS_FOLDERS,
        )
    if listing.photos:
        raise FolderLayoutError(
            root,
            f"has {counted(len(listing.folders), 'class folder')} and, beside them, "
            f"{counted(len(listing.photos), 'image')} of no class: "
            f"{first_few(photo.name for photo in listing.photos)}",
            "move each into its class folder or out of here.",
        )


def _check_depth(root: Path, contents: dict[Path, FolderListing]) -> None:
    for folder, inside in contents.items():
        for subfolder in inside.folders:
            photo = next(photos_below(subfolder), None)
            if photo is None:
                continue
            lies = photo.relative_to(root).as_posix()
            raise FolderLayoutError(
                root, f"has photos nested too deep, as in {lies!r}", _unnest(folder, contents)
            )


def _unnest(folder: Path, contents: dict[Path, FolderListing]) -> str:
    if len(contents) == 1:
        return f"name {str(folder)!r} instead if that holds the class folders."
    return (
        "put all photos of a class directly into its folder "
        "(folders Tomato/Late_blight become one folder Tomato___Late_blight)."
    )


def _check_empty_classes(root: Path, contents: dict[Path, FolderListing]) -> None:
    empty = [folder.name for folder, inside in contents.items() if not inside.photos]
    if empty:
        raise FolderLayoutError(
            root,
            f"has class folders without photos: {first_few(empty, limit=10)}",
            "add photos to them or remove them.",
        )


def _class_names(root: Path, folders: Sequence[Path]) -> tuple[str, ...]:
    names = tuple(composed(folder.name) for folder in folders)
    for name, following in pairwise(names):
        if name == following:
            raise FolderLayoutError(
                root,
                f"has two class folders {name!r} whose names are encoded differently",
                "move their photos into one of them.",
            )
    return names
