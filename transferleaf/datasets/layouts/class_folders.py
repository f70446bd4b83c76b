"""The layout ``root/Class/photo.jpg``: one folder of photos per class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from transferleaf.datasets.class_names import ALIKE, alike, in_class_order
from transferleaf.datasets.labels import SEPARATOR
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.part_folders import are_all_parts
from transferleaf.datasets.photos.files import (
    FolderListing,
    composed,
    is_folder,
    list_folder,
    names_below,
    photos_below,
)
from transferleaf.errors import FolderLayoutError
from transferleaf.text.wording import counted, first_few

_PUT_IN_CLASS_FOLDERS = (
    "put the photos of each class in a separate folder, as in Tomato___Late_blight/leaf1.jpg."
)


class ClassFolders:
    """A folder of photos for each class."""

    name = "class folders"
    picture = "root/Class/photo.jpg"

    def recognise(self, root: Path) -> Recognition | None:
        """Recognise at least two folders that contain photos and are not parts."""
        if not is_folder(root):
            return None
        folders = [folder for folder in list_folder(root).folders if list_folder(folder).photos]
        if len(folders) < 2 or are_all_parts(folders):
            return None
        return Recognition(reason=f"{len(folders)} of its folders contain photos", sure=True)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos in ``root/Class/photo.jpg``, at least two classes.

        Raises:
            FolderLayoutError: ``root`` has another layout. The message says what it contains.
        """
        found = read_class_folders(root)
        check_several_classes(root, found.classes)
        return found


def check_several_classes(root: Path, classes: Sequence[str]) -> None:
    """Raise if there is only one class.

    Raises:
        FolderLayoutError: There is only one class.
    """
    if len(classes) == 1:
        raise FolderLayoutError(
            root,
            f"has one class folder, {classes[0]!r}",
            "a classifier needs at least two classes, each in a separate folder.",
        )


def check_spellings(root: Path, names: Sequence[str]) -> None:
    """Raise if two class names are hard to distinguish or equal on some file systems.

    Args:
        root: The folder of the classes.
        names: Class names, with accented letters as single characters.

    Raises:
        FolderLayoutError: Two names are equal or hard to distinguish.
    """
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        found = f"has two folders for the class {twice!r}, perhaps encoded differently"
        raise FolderLayoutError(root, found, "move their photos into one of them.")
    pair = alike(names)
    if pair is not None:
        raise FolderLayoutError(
            root,
            f"has the class folders {pair[0]!r} and {pair[1]!r}, which {ALIKE}",
            "rename one of them, or move their photos into one.",
        )


def read_class_folders(root: Path) -> FoundPhotos:
    """Find the photos of one or more class folders in ``root``.

    Raises:
        FolderLayoutError: ``root`` has another layout. The message says what it contains.
    """
    listing = list_folder(root)
    _check_root(root, listing)
    contents = {folder: list_folder(folder) for folder in listing.folders}
    _check_depth(root, contents)
    _check_empty_classes(root, contents)
    classes = _class_names(root, listing.folders)
    folder_of = {composed(folder.name): folder for folder in contents}
    photos = [contents[folder_of[name]].photos for name in classes]
    paths = tuple(photo for of_class in photos for photo in of_class)
    return FoundPhotos(
        classes=classes,
        paths=paths,
        names=names_below(root, paths),
        labels=tuple(label for label, of_class in enumerate(photos) for _ in of_class),
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
            f"has {counted(len(listing.folders), 'class folder')} and, next to them, "
            f"{counted(len(listing.photos), 'image')} without a class: "
            f"{first_few(photo.name for photo in listing.photos)}",
            "move each into its class folder or elsewhere.",
        )


def _check_depth(root: Path, contents: dict[Path, FolderListing]) -> None:
    for inside in contents.values():
        for subfolder in inside.folders:
            photo = next(photos_below(subfolder), None)
            if photo is None:
                continue
            lies = photo.relative_to(root).as_posix()
            raise FolderLayoutError(
                root, f"has photos nested too deep, as in {lies!r}", _unnest(subfolder, contents)
            )


def _unnest(inside: Path, contents: dict[Path, FolderListing]) -> str:
    # A folder of class folders is not a crop, such as color/Tomato___rust next to
    # segmented/Tomato___rust.
    if len(contents) == 1 or SEPARATOR in inside.name:
        return f"name {str(inside.parent)!r} instead if that contains the class folders."
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
    check_spellings(root, names)
    return in_class_order(names)
