"""Classification of the files in a folder: photos, other files, and system files."""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from transferleaf.errors import ConfigError, FolderLayoutError

PHOTO_ENDINGS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".jif", ".pjpeg", ".pjp", ".mpo"),
    *(".png", ".apng", ".webp", ".bmp", ".tif", ".tiff", ".gif"),
    *(".heic", ".heif", ".hif", ".avif", ".avifs"),
)
"""Extensions of files that are read as photos, in any case."""

# Files that file managers, network drives and zip programs create.
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

# The number of files that messages list.
_SHOWN = 3

_NAME_A_FOLDER = "name a folder that contains one folder of photos per class."


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """The content of a folder, sorted by name, without hidden and system files.

    Attributes:
        folders: Subfolders.
        photos: Files with an extension in ``PHOTO_ENDINGS``.
        others: Everything else: other files, and broken links.
    """

    folders: tuple[Path, ...]
    photos: tuple[Path, ...]
    others: tuple[Path, ...]


def named_path(option: str, word: str | os.PathLike[str]) -> Path:
    """Return a path that the user gave.

    Args:
        option: The name of the option.
        word: The path.

    Raises:
        ConfigError: The path is an empty text, as from an unset shell variable, which would mean
            the current folder.
    """
    if isinstance(word, str) and not word:
        raise ConfigError(option, word, "name a file or a folder; a dot is the current folder")
    return Path(word)


def is_folder(path: Path) -> bool:
    """Return whether ``path`` is a folder. False if the system cannot tell.

    >>> is_folder(Path("x" * 5000))
    False
    """
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, or no permission for a parent folder
        return False


def list_folder(folder: Path) -> FolderListing:
    """List ``folder`` without its subfolders' content.

    A link to the folder itself or to one above is not listed as a folder, because following it
    would never end.

    Raises:
        FolderLayoutError: ``folder`` does not exist, is a file, or cannot be read.
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
    """Find the photos at any depth below ``folder``.

    Links to folders are followed, except links to a parent folder.

    Raises:
        FolderLayoutError: A folder cannot be read.
    """
    for _, listing in _listings(folder):
        if isinstance(listing, FolderLayoutError):
            raise listing
        yield from listing.photos


def holds_photos(folder: Path) -> bool:
    """Return whether there is a photo at any depth below ``folder``.

    Raises:
        FolderLayoutError: A folder cannot be read.
    """
    return next(photos_below(folder), None) is not None


@dataclass(slots=True, kw_only=True)
class LeftOut:
    """Files that a search left out because of their extensions.

    Attributes:
        number: Number of files.
        first: The first few files.
    """

    number: int = 0
    first: list[Path] = field(default_factory=list)

    def add(self, files: Iterable[Path]) -> None:
        """Add files."""
        for file in files:
            self.number += 1
            if len(self.first) < _SHOWN:
                self.first.append(file)


def answerable_below(folder: Path, left_out: LeftOut | None = None) -> Iterator[Path]:
    """Find everything below ``folder`` that needs a prediction or an error.

    In addition to the photos of ``photos_below``, these are broken links with names of photos, and
    unreadable folders. Opening them as photos gives the error.

    Args:
        folder: The folder. If it cannot be read, it is the only result.
        left_out: Collects the other files.
    """
    for place, listing in _listings(folder):
        if isinstance(listing, FolderLayoutError):
            yield place
            continue
        links = {path for path in listing.others if is_folder(path)}  # links to a parent folder
        broken = {path for path in listing.others if has_photo_ending(path.name)} - links
        yield from _by_name([*listing.photos, *broken])
        if left_out is not None:
            left_out.add(path for path in listing.others if path not in links | broken)


def has_photo_ending(name: str) -> bool:
    """Return whether a file name has an extension of photos.

    >>> has_photo_ending("leaf.JPG"), has_photo_ending("leaf.jpg "), has_photo_ending("notes.txt")
    (True, True, False)
    """
    # Some names end in blanks, which are invisible in most programs.
    return name.strip().lower().endswith(PHOTO_ENDINGS)


def is_system_name(name: str) -> bool:
    """Return whether a file or folder is hidden or belongs to the system.

    >>> is_system_name(".DS_Store"), is_system_name("Thumbs.db"), is_system_name("leaf.jpg")
    (True, True, False)
    """
    return name.startswith(".") or name.lower() in SYSTEM_NAMES


def names_below(root: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the paths relative to ``root``, with forward slashes, the same on all machines.

    >>> names_below(Path("leaves"), [Path("leaves/Mint___rust/1.jpg")])
    ('Mint___rust/1.jpg',)
    """
    return tuple(composed(path.relative_to(root).as_posix()) for path in paths)


def composed(name: str) -> str:
    """Return a name with accented letters as single characters.

    File systems encode the same name differently (macOS stores ``é`` as ``e`` and an accent), and a
    class must have the same name on all of them.

    >>> composed("Cafe" + chr(0x301)) == "Caf" + chr(0xE9)
    True
    """
    return unicodedata.normalize("NFC", name)


def _listings(top: Path) -> Iterator[tuple[Path, FolderListing | FolderLayoutError]]:
    """Yield a folder and all folders below it, each with its listing or an error."""
    # Without recursion, because folders may be nested to any depth.
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
        if identity in above:  # circular links
            continue
        yield folder, listing
        on_the_way = above | {identity}
        left.extend((inside, on_the_way) for inside in reversed(listing.folders))


def _similar_name(missing: Path) -> Path | None:
    """Return the folder whose name is closest to that of a missing one, in the same place."""
    with suppress(OSError):
        names = [path.name for path in missing.parent.iterdir() if path.is_dir()]
        for name in difflib.get_close_matches(missing.name, names, n=1):
            return missing.parent / name
    return None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        near = _similar_name(folder)
        expected = f"did you mean {str(near)!r}?" if near else _NAME_A_FOLDER
        raise FolderLayoutError(folder, "does not exist", expected) from None
    except NotADirectoryError:
        raise FolderLayoutError(folder, "is a file", _NAME_A_FOLDER) from None
    except PermissionError:
        raise FolderLayoutError(folder, "cannot be read", "change its permissions.") from None
    except OSError as error:  # a name that is too long, or a circular link
        reason = (error.strerror or str(error)).lower()
        raise FolderLayoutError(folder, f"cannot be listed ({reason})", _NAME_A_FOLDER) from None


def _holds_files(entry: os.DirEntry[str]) -> bool:
    try:
        if not entry.is_dir():
            return False
    except OSError:  # a circular link
        return False
    return not (entry.is_symlink() and _leads_back(Path(entry)))


def _leads_back(link: Path) -> bool:
    target = link.resolve()
    return target in (link.parent.resolve(), *link.parent.resolve().parents)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a circular link
        return False


def _by_name(paths: list[Path]) -> tuple[Path, ...]:
    # By code point, independent of the locale. Two encodings of the same name have a fixed order.
    return tuple(sorted(paths, key=lambda path: (composed(path.name), path.name)))
