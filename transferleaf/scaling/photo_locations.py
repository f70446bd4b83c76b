"""Locations of photos: local files, or URLs that fsspec can open."""

from __future__ import annotations

import csv
import glob
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.photos.file_content import stamp_of
from transferleaf.datasets.photos.files import (
    answerable_below,
    has_photo_ending,
    is_folder,
    is_system_name,
    named_path,
)
from transferleaf.datasets.photos.patterns import is_pattern, matched
from transferleaf.errors import ConfigError
from transferleaf.scaling.extras import need

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_FILE = "file://"

# Values in a listing that change with the object. Storage systems use different names.
_STATE = ("ETag", "etag", "md5Hash", "md5", "checksum", "LastModified", "updated", "mtime")
_COLUMNS = ("path", "file")
_ANY_NAME = "surrogateescape"


@dataclass(frozen=True, slots=True)
class PhotoLocation:
    """The location of a photo.

    Attributes:
        name: The name that you passed: a path or a URL.
        address: An absolute path or a URL, the same in every process.
        state: Size, time or another value that changes with the content; ``None`` if the photo does
            not exist.
        content: The bytes of the photo, if they are in the memory of the calling process.
        shut: Why the photo must not be opened, if so.
    """

    name: str
    address: str
    state: str | None
    content: bytes | None = None
    shut: str | None = None


def is_url(word: str) -> bool:
    """Return whether a word is a URL and not a local path.

    >>> is_url("s3://clinic/leaf.jpg"), is_url("leaves/leaf.jpg"), is_url("C:/leaf.jpg")
    (True, False, False)
    """
    return _URL.match(word) is not None


def filesystem(url: str) -> tuple[Any, str]:
    """Return the fsspec file system for a URL, and the path in it.

    Raises:
        MissingExtraError: fsspec is not installed.
        ConfigError: fsspec does not know the protocol, or needs another package.
    """
    fsspec = need("fsspec", package="fsspec", why="reading and writing URLs")
    try:
        system, path = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise ConfigError("url", url, _what_opens(url, error)) from error
    return system, path


def _what_opens(url: str, error: Exception) -> str:
    """Return what a valid URL is and, if a package is missing, its name."""
    from fsspec.registry import known_implementations

    known = known_implementations.get(url.partition("://")[0], {})
    package = known.get("class", "fsspec").partition(".")[0]
    if isinstance(error, ImportError) and package != "fsspec":
        return f"be a URL whose file system is installed; pip install {package} installs it"
    return f"be a URL that fsspec can open ({str(error).rstrip('.')})"


def find_photos(
    photos: LeafDataset | str | PathLike[str] | Iterable[str | PathLike[str]],
) -> tuple[PhotoLocation, ...]:
    """Find photos by paths, patterns and lists.

    Args:
        photos: A leaf data set, or one or several strings: files, folders (searched recursively),
            patterns such as ``s3://clinic/2026-*/*.jpg``, or lists of photos: a manifest, a
            ``.csv`` with a column ``path`` or ``file``, or a ``.txt`` with one name per line. Names
            in a list are relative to the folder of the list.

    Returns:
        Each photo once, sorted by name. Missing files are included and cause an error when they are
        opened.

    Raises:
        ConfigError: There are no photos, a string is empty, or a list or a URL cannot be read.
        MissingExtraError: A string is a URL, and fsspec is not installed.
    """
    if isinstance(photos, LeafDataset):
        words: list[str] = [str(path) for path in photos.paths]
        found = {word: _of_file(word) for word in words}
    else:
        several = [photos] if isinstance(photos, (str, PathLike)) else photos
        found = {}
        for word in several:
            named_path("photos", word)
            for location in _meant(fspath(word)):
                # Several names of the same file are one photo. The first name is used.
                found.setdefault(location.address, location)
    if not found:
        raise ConfigError("photos", photos, "name at least one photo")
    return tuple(sorted(found.values(), key=lambda location: location.name))


def named_photo(name: str) -> PhotoLocation:
    """Return the location of a single photo, not of a folder, pattern or list.

    >>> named_photo("/leaves/none.jpg").state is None
    True
    """
    if is_url(name) and not name.startswith(_FILE):
        return _Remote(name).itself()
    return _Local(name).itself()


def in_memory(locations: Iterable[PhotoLocation]) -> tuple[PhotoLocation, ...]:
    """Add the content of photos in the memory of this process (``memory://``)."""
    return tuple(
        replace(location, content=_bytes(location.address))
        if location.address.startswith("memory://") and location.state is not None
        else location
        for location in locations
    )


def local_path(address: str) -> Path | None:
    """Return the local path of a photo, or ``None`` if it is not a local file.

    >>> local_path("/leaves/1.jpg").as_posix(), local_path("memory://1.jpg")
    ('/leaves/1.jpg', None)
    """
    return None if is_url(address) else Path(address)


def _meant(word: str) -> Iterator[PhotoLocation]:
    lister = _Remote(word) if is_url(word) and not word.startswith(_FILE) else _Local(word)
    if word.lower().endswith((".csv", ".txt")):
        for name in _listed(word, lister.text()):
            beside = lister.beside(name)
            found = list(_meant(beside))
            if not found and glob.has_magic(beside):  # a missing photo, which its row reports
                found = [named_photo(beside)]
            yield from found
    else:
        yield from lister.locations()


class _Local:
    """A word that is a local path, or a ``file://`` URL."""

    def __init__(self, word: str) -> None:
        self._prefix = _FILE if word.startswith(_FILE) else ""
        self._path = filesystem(word)[1] if self._prefix else word

    def locations(self) -> Iterator[PhotoLocation]:
        return map(self._location, self._paths())

    def itself(self) -> PhotoLocation:
        return self._location(self._path)

    def text(self) -> str:
        try:
            return Path(self._path).read_text(encoding="utf-8-sig", errors=_ANY_NAME)
        except OSError as error:
            raise _unreadable_list(self._path, error) from error

    def beside(self, name: str) -> str:
        if is_url(name):
            return name
        return f"{self._prefix}{Path(self._path).parent / name}"

    def _location(self, path: str) -> PhotoLocation:
        return replace(_of_file(path), name=f"{self._prefix}{path}")

    def _paths(self) -> Iterator[str]:
        path = Path(self._path)
        if is_folder(path):
            yield from map(str, answerable_below(path))
        elif is_pattern(self._path):
            yield from map(str, matched(self._path))
        else:
            yield self._path


class _Remote:
    """A word that is a URL of another file system."""

    def __init__(self, word: str) -> None:
        self._system, self._path = filesystem(word)
        self._system.invalidate_cache()  # of cached listings, because there may be new photos
        self._word = word
        # For some file systems, such as SFTP, the path does not contain the host.
        base, host = word.rstrip("/"), urlsplit(word).netloc
        lost = bool(host) and not self._path.strip("/").startswith(host)
        known = lost and bool(self._path) and base.endswith(self._path)
        self._prefix = base.removesuffix(self._path) if known else None

    def locations(self) -> Iterator[PhotoLocation]:
        # A name can contain the characters of a pattern.
        if glob.has_magic(self._path) and not self._system.isfile(self._path):
            found: Mapping[str, Any] = self._system.glob(self._path, detail=True)
            for path, facts in found.items():
                yield from (
                    self._below(path)
                    if facts["type"] == "directory"
                    else [self._location(path, facts)]
                )
        elif self._system.isdir(self._path):
            yield from self._below(self._path)
        else:
            yield self.itself()

    def itself(self) -> PhotoLocation:
        return self._location(self._path, self._facts())

    def text(self) -> str:
        try:
            return bytes(self._system.cat_file(self._path)).decode("utf-8-sig", _ANY_NAME)
        except OSError as error:
            raise _unreadable_list(self._word, error) from error

    def beside(self, name: str) -> str:
        return name if is_url(name) else f"{self._word.rpartition('/')[0]}/{name}"

    def _below(self, folder: str) -> Iterator[PhotoLocation]:
        for path, facts in self._system.find(folder, detail=True).items():
            inside = path[len(folder) :].strip("/").split("/")
            if has_photo_ending(inside[-1]) and not any(map(is_system_name, inside)):
                yield self._location(path, facts)

    def _location(self, path: str, facts: Mapping[str, Any] | None) -> PhotoLocation:
        url = self._system.unstrip_protocol(path) if self._prefix is None else self._prefix + path
        return PhotoLocation(name=url, address=url, state=None if facts is None else _state(facts))

    def _facts(self) -> Mapping[str, Any] | None:
        try:
            return dict(self._system.info(self._path))
        except OSError:
            return None


def _of_file(path: str) -> PhotoLocation:
    absolute = Path(path).absolute()
    return PhotoLocation(name=path, address=str(absolute), state=stamp_of(absolute))


def _state(facts: Mapping[str, Any]) -> str:
    known = [str(facts[name]) for name in _STATE if facts.get(name)]
    # A storage system with neither, such as fsspec's memory, has the creation time.
    return " ".join([str(facts.get("size")), *(known or [str(facts.get("created"))])])


def _bytes(url: str) -> bytes:
    system, path = filesystem(url)
    return bytes(system.cat_file(path))


def _listed(word: str, text: str) -> list[str]:
    if word.lower().endswith(".txt"):
        return [line for line in text.splitlines() if line]
    rows = csv.DictReader(io.StringIO(text, newline=""))
    column = next((name for name in _COLUMNS if name in (rows.fieldnames or ())), None)
    if column is None:
        raise ConfigError("photos", word, 'be a table with a column "path" or "file"')
    return [row[column] for row in rows if row[column]]


def _unreadable_list(word: str, error: OSError) -> ConfigError:
    reason = error.strerror or type(error).__name__
    return ConfigError("photos", word, f"be a list of photos that can be read ({reason})")
