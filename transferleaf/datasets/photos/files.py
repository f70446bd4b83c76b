"""Which files of a folder are photos, which are other files, and which belong to the system."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from transferleaf.errors import FolderLayoutError

PHOTO_ENDINGS = (
    *(".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"),
    *(".heic", ".heif", ".avif"),
)
"""Endings of files that are read as photos, in lower case; upper case counts too."""

# File managers, network drives and zip programs leave these behind; nobody put them there.
SYSTEM_NAMES = frozenset(
    {
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        "__macosx",
        "@eadir",
        "$recycle.bin",
        "system volume information",
    }
)

_NAME_A_FOLDER = "name a folder that holds one folder of photos per class."


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """What a folder holds directly, sorted by name, without hidden and system files.

    Attributes:
        folders: Subfolders.
        photos: Files with an ending of ``PHOTO_ENDINGS``.
        others: Everything else: other files, and links that lead nowhere.
    """

    folders: tuple[Path, ...]
    photos: tuple[Path, ...]
    others: tuple[Path, ...]


def is_folder(path: Path) -> bool:
    """Whether ``path`` is a folder; not so where the system cannot even ask.

    >>> is_folder(Path("x" * 5000))
    False
    """
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, or a folder above that may not be entered
        return False


def list_folder(folder: Path) -> FolderListing:
    """List ``folder`` without looking into its subfolders.

    A link that leads back to the folder it lies in, or to one above, is no folder here: following
    it would never end.

    Raises:
        FolderLayoutError: ``folder`` does not exist, is a file, or may not be read.
    """
    folders, photos, others = [], [], []
    for entry in _entries(folder):
        if is_system_name(entry.name):
            continue
        if _holds_files(entry):
            folders.append(folder / entry.name)
        elif has_photo_ending(entry.name) and _is_file(entry):
            photos.append(folder / entry.name)
        else:
            others.append(folder / entry.name)
    return FolderListing(
        folders=_by_name(folders), photos=_by_name(photos), others=_by_name(others)
    )


def photos_below(folder: Path) -> Iterator[Path]:
    """Find the photos at any depth below ``folder``."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_system_name(name))
        for name in sorted(files):
            if not is_system_name(name) and has_photo_ending(name):
                yield Path(place, name)


def has_photo_ending(name: str) -> bool:
    """Whether a file name ends as photos do.

    >>> has_photo_ending("leaf.JPG"), has_photo_ending("notes.txt")
    (True, False)
    """
    return name.lower().endswith(PHOTO_ENDINGS)


def is_system_name(name: str) -> bool:
    """Whether a file or folder is hidden or belongs to the system.

    >>> is_system_name(".DS_Store"), is_system_name("Thumbs.db"), is_system_name("leaf.jpg")
    (True, True, False)
    """
    return name.startswith(".") or name.lower() in SYSTEM_NAMES


def names_below(root: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    """Name each file by its place below ``root``, with forward slashes, the same on all machines.

    >>> names_below(Path("leaves"), [Path("leaves/Mint___rust/1.jpg")])
    ('Mint___rust/1.jpg',)
    """
    return tuple(composed(path.relative_to(root).as_posix()) for path in paths)


def composed(name: str) -> str:
    """Write accented letters as one character.

    The same name has another spelling on another file system (macOS stores ``é`` as ``e`` and an
    accent), and a class must have one name on all of them.

    >>> composed("Cafe" + chr(0x301)) == "Caf" + chr(0xE9)
    True
    """
    return unicodedata.normalize("NFC", name)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        raise FolderLayoutError(folder, "does not exist", _NAME_A_FOLDER) from None
    except NotADirectoryError:
        raise FolderLayoutError(folder, "is a file", _NAME_A_FOLDER) from None
    except PermissionError:
        raise FolderLayoutError(
            folder, "may not be read", "give yourself the permission to list it."
        ) from None
    except OSError as error:  # a name that is too long, a link that leads to itself
        reason = (error.strerror or str(error)).lower()
        raise FolderLayoutError(folder, f"cannot be listed ({reason})", _NAME_A_FOLDER) from None


def _holds_files(entry: os.DirEntry[str]) -> bool:
    try:
        if not entry.is_dir():
            return False
    except OSError:  # a link that leads to itself
        return False
    return not (entry.is_symlink() and _leads_back(Path(entry)))


def _leads_back(link: Path) -> bool:
    target = link.resolve()
    return target in (link.parent.resolve(), *link.parent.resolve().parents)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def _by_name(paths: list[Path]) -> tuple[Path, ...]:
    # By code point, which no locale changes; two spellings of one name keep a fixed order.
    return tuple(sorted(paths, key=lambda path: (composed(path.name), path.name)))
