"""The folder of predictions: Parquet files that are written atomically, and a success record."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from transferleaf.errors import BulkFolderError
from transferleaf.files.whole_files import owner_mark, written_whole
from transferleaf.scaling.extras import need
from transferleaf.scaling.photo_locations import filesystem, is_url

SUCCESS = "_SUCCESS"
"""Name of the record of a finished call. Parquet readers ignore such names."""

CALL = "_CALL"
"""Name of the record of the call, written at the start."""

_PART = re.compile(r"part-\d{6,}-[0-9a-f]{16}\.parquet")
_WHY = "writing and reading Parquet"


def part_name(number: int, digest: str) -> str:
    """Return the name of the file of a part.

    >>> part_name(7, "00d1f9c3a2b4e586")
    'part-000007-00d1f9c3a2b4e586.parquet'
    """
    return f"part-{number:06d}-{digest}.parquet"


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """A folder of this machine, or a URL that fsspec can write to.

    Attributes:
        address: An absolute path or a URL.
    """

    address: str

    @classmethod
    def of(cls, folder: str | PathLike[str]) -> OutputFolder:
        """Create it from a path or a URL. A ``file://`` URL is converted to a path."""
        name = fspath(folder)
        if name.startswith("file://"):
            name = filesystem(name)[1]
        return cls(name.rstrip("/") if is_url(name) else str(Path(name).absolute()))

    def names(self) -> set[str]:
        """Return the names in the folder, without hidden and unfinished files."""
        system, path = self._opened()
        system.invalidate_cache()  # of cached listings, because workers may have written
        if system.isfile(path):
            raise BulkFolderError(self.address, "is a file", "name a folder.")
        try:
            found = system.ls(path, detail=False)
        except FileNotFoundError:
            return set()
        names = {each.rstrip("/").rpartition("/")[2] for each in found} - {""}
        return {name for name in names if not name.startswith(".")}

    def begin(self, call: Mapping[str, object]) -> set[str]:
        """Prepare the folder for a new call, or for continuing one.

        Args:
            call: The settings that determine the content of the parts, besides their photos.

        Returns:
            The names of the existing parts.

        Raises:
            BulkFolderError: The folder contains something else.
        """
        names = self.names()
        if names and CALL not in names:
            raise BulkFolderError(
                self.address,
                "contains files that predict_photos_to did not write",
                "name an empty or a new folder.",
            )
        if not names:
            self.write(CALL, _json(call))
        elif (found := self._read_json(CALL)) != call:
            differing = sorted(key for key in call if found.get(key) != call[key])
            raise BulkFolderError(
                self.address,
                f"contains predictions of another call (different: {', '.join(differing)})",
                "name another folder, or remove this one.",
            )
        # From here on, the folder is unfinished, because photos may have changed.
        self.remove({SUCCESS} & names)
        return {name for name in names if _PART.fullmatch(name)}

    def finish(self, parts: Sequence[str], facts: Mapping[str, object]) -> None:
        """Write the success record, after removing parts of photos that have changed."""
        self.remove({name for name in self.names() if _PART.fullmatch(name)} - set(parts))
        self.write(SUCCESS, _json({**facts, "parts": list(parts)}))

    def write(self, name: str, content: bytes) -> None:
        """Write a file atomically."""
        if not is_url(self.address):
            Path(self.address).mkdir(parents=True, exist_ok=True)
            with written_whole(Path(self.address, name)) as file:
                file.write(content)
            return
        system, path = self._opened()
        system.makedirs(path, exist_ok=True)
        # Moved after the upload, because not all storage systems write atomically.
        hidden = f"{path}/.{owner_mark()}.part"
        system.pipe_file(hidden, content)
        system.mv(hidden, f"{path}/{name}")

    def read(self, name: str) -> bytes:
        """Read a file."""
        system, path = self._opened()
        return bytes(system.cat_file(f"{path}/{name}"))

    def remove(self, names: set[str]) -> None:
        """Remove files."""
        system, path = self._opened()
        for name in sorted(names):
            system.rm_file(f"{path}/{name}")

    def success(self) -> dict[str, Any]:
        """Read the record of a finished call.

        Raises:
            BulkFolderError: The call has not finished.
        """
        if SUCCESS not in self.names():
            raise BulkFolderError(
                self.address,
                f"has no {SUCCESS}: its call has not finished",
                "repeat the call, which continues from the existing parts.",
            )
        return self._read_json(SUCCESS)

    def _read_json(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads(self.read(name))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise BulkFolderError(self.address, f"has a damaged {name}", "remove the folder.")
        return found

    def _opened(self) -> tuple[Any, str]:
        return filesystem(self.address)


def read_predictions(folder: str | PathLike[str]) -> Any:
    """Read the predictions of a finished call of ``predict_photos_to``, as a PyArrow table.

    Args:
        folder: The folder or URL.

    Raises:
        BulkFolderError: The call has not finished.
        MissingExtraError: PyArrow or fsspec is not installed.
    """
    parquet = need("pyarrow.parquet", package="pyarrow", why=_WHY)
    pa = need("pyarrow", package="pyarrow", why=_WHY)
    place = OutputFolder.of(folder)
    parts = place.success()["parts"]
    return pa.concat_tables([parquet.read_table(io.BytesIO(place.read(name))) for name in parts])


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, indent=1).encode()
