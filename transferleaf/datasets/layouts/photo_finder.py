"""Search for the photo that a cell of a table means, in any common notation."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from transferleaf.datasets.layouts.part_folders import part_named, speaks_of_images
from transferleaf.datasets.photos.files import (
    composed,
    has_photo_ending,
    holds_photos,
    is_folder,
    list_folder,
)


class PhotoFinder:
    """Finds photos by their names in a table.

    A path is searched in the folder of the table, then in the folders next to the table whose names
    contain a word for images or a part: ``images``, ``train_images`` or ``train``. For a table
    named after a part, such as ``train.csv``, the folders of other parts are skipped. The file
    extension may be missing, and separators may be backslashes. A path outside the folder of the
    table is used as it is. Each folder is listed once.

    Args:
        table: Path of the table.
    """

    def __init__(self, table: Path) -> None:
        self._folder = table.parent
        own = part_named(table.stem)
        self._image_folders = [
            folder
            for folder in _image_folders(table.parent)
            if None in (own, part := part_named(folder.name)) or own == part
        ]
        self._listed: dict[Path, _Files] = {}

    def find(self, place: str) -> list[Path]:
        """Return the photos that ``place`` may mean. Exactly one if it is correct and unique.

        Raises:
            FolderLayoutError: A folder cannot be read.
        """
        found = self._in(self._folder, place)
        if found or Path(place).is_absolute():
            return found
        return [path for folder in self._image_folders for path in self._in(folder, place)]

    def _in(self, folder: Path, place: str) -> list[Path]:
        # For tables made on Windows. A name that contains a backslash has priority.
        for written in dict.fromkeys((place, place.replace("\\", "/"))):
            path = Path(os.path.normpath(folder / written))
            found = self._files(path.parent).called(composed(path.name))
            if found:
                return found
        return []

    def _files(self, folder: Path) -> _Files:
        if folder not in self._listed:
            self._listed[folder] = _Files.of(folder)
        return self._listed[folder]


def spelled_out(path: Path) -> Path:
    """Return an absolute path without ``..``. Links are not resolved."""
    return Path(os.path.normpath(path.absolute()))


def name_below(root: Path, path: Path, *, written: str) -> str:
    """Return the path of a photo relative to ``root``, or ``written`` if it is elsewhere.

    >>> name_below(Path("leaves"), Path("leaves/1.jpg"), written="1")
    '1.jpg'
    """
    place, above = spelled_out(path), spelled_out(root)
    if place.is_relative_to(above):
        return composed(place.relative_to(above).as_posix())
    return composed(written.replace("\\", "/"))


def photos_beside(found: Iterable[Path]) -> tuple[Path, ...]:
    """Return the other photos in the folders of ``found``, sorted by path."""
    known = set(found)
    folders = {path.parent for path in known}
    beside = (photo for folder in folders for photo in list_folder(folder).photos)
    return tuple(sorted(photo for photo in beside if photo not in known))


def unlisted_folders(folder: Path, found: Iterable[Path]) -> tuple[Path, ...]:
    """Return the image folders in ``folder`` that contain photos, but none of ``found``."""
    listed = {above for path in found for above in spelled_out(path).parents}
    return tuple(
        inside
        for inside in _image_folders(folder)
        if spelled_out(inside) not in listed and holds_photos(inside)
    )


def _image_folders(folder: Path) -> list[Path]:
    return [
        inside
        for inside in list_folder(folder).folders
        if speaks_of_images(inside.name) or part_named(inside.name)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """The files of one folder by name, and its photos by name without extension."""

    by_name: dict[str, list[Path]]
    by_stem: dict[str, list[Path]]

    @classmethod
    def of(cls, folder: Path) -> _Files:
        files = cls(by_name={}, by_stem={})
        # An invalid path in the table has no folder.
        listing = list_folder(folder) if is_folder(folder) else None
        for path in (*listing.photos, *listing.others) if listing else ():
            if path.is_file():
                files.by_name.setdefault(composed(path.name), []).append(path)
            if has_photo_ending(path.name):
                files.by_stem.setdefault(composed(path.stem), []).append(path)
        return files

    def called(self, name: str) -> list[Path]:
        return self.by_name.get(name) or self.by_stem.get(name, [])
