"""Which files of a folder are photos, which are other files, and which belong to the system."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from transferleaf.errors import ConfigError, FolderLayoutError

PHOTO_ENDINGS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".jif", ".pjpeg", ".pjp", ".mpo"),
    *(".png", ".apng", ".webp", ".bmp", ".tif", ".tiff", ".gif"),
    *(".heic", ".heif", ".hif", ".avif", ".avifs"),
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
        "lost+found",
    }
)

# As many as a message names.
_SHOWN = 3

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


def named_path(option: str, word: str | os.PathLike[str]) -> Path:
    """Take a path that somebody names.

    Args:
        option: What it is for.
        word: The path.

    Raises:
        ConfigError: It is an empty text, as an unset variable of a shell gives, and would mean the
            current folder.
    """
    if isinstance(word, str) and not word:
        raise ConfigError(option, word, "name a file or a folder; a dot is the current folder")
    return Path(word)


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
    """Find the photos at any depth below ``folder``, as ``list_folder`` lists each.

    Links to folders are followed, except one that leads back to a folder on the way to it.

    Raises:
        FolderLayoutError: A folder may not be read.
    """
    for _, listing in _listings(folder):
        if isinstance(listing, FolderLayoutError):
            raise listing
        yield from listing.photos


def holds_photos(folder: Path) -> bool:
    """Whether there is a photo at any depth below ``folder``.

    Raises:
        FolderLayoutError: A folder may not be read.
    """
    return next(photos_below(folder), None) is not None


@dataclass(slots=True, kw_only=True)
class LeftOut:
    """Files that a search passed over as their endings are not those of photos.

    Attributes:
        number: How many there are.
        first: The first few of them.
    """

    number: int = 0
    first: list[Path] = field(default_factory=list)

    def add(self, files: Iterable[Path]) -> None:
        """Count files."""
        for file in files:
            self.number += 1
            if len(self.first) < _SHOWN:
                self.first.append(file)


def answerable_below(folder: Path, left_out: LeftOut | None = None) -> Iterator[Path]:
    """Find all below ``folder`` that deserves an answer: photos, and what hides some.

    Beside the photos of ``photos_below`` these are links called like photos that lead nowhere, and
    folders that may not be read: whoever opens them as a photo says what is wrong.

    Args:
        folder: Where to search; itself the only answer where it may not be read.
        left_out: Is told of the other files.
    """
    for place, listing in _listings(folder):
        if isinstance(listing, FolderLayoutError):
            yield place
            continue
        links = {path for path in listing.others if is_folder(path)}  # those that lead back
        broken = {path for path in listing.others if has_photo_ending(path.name)} - links
        yield from _by_name([*listing.photos, *broken])
        if left_out is not None:
            left_out.add(path for path in listing.others if path not in links | broken)


def has_photo_ending(name: str) -> bool:
    """Whether a file name ends as photos do.

    >>> has_photo_ending("leaf.JPG"), has_photo_ending("leaf.jpg "), has_photo_ending("notes.txt")
    (True, True, False)
    """
    # Blanks come from renaming by hand and from lists; no program shows them.
    return name.strip().lower().endswith(PHOTO_ENDINGS)


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


def _listings(top: Path) -> Iterator[tuple[Path, FolderListing | FolderLayoutError]]:
    """List a folder and all below it, each before those in it; an error stands for its listing."""
    # Not by recursion: how deep folders lie in each other is up to a stranger.
    left: list[tuple[Path, frozenset[tuple[int, int]]]] = [(top, frozenset())]
    while left:
        folder, above = left.pop()
        try:
            listing = list_folder(folder)
        except FolderLayoutError as error:
            yield folder, error
            continue
        facts = folder.stat()
        identity = facts.st_dev, facts.st_ino
        if identity in above:  # two links that lead to each other
            continue
        yield folder, listing
        on_the_way = above | {identity}
        left.extend((inside, on_the_way) for inside in reversed(listing.folders))


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
