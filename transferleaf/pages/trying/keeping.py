"""Storage of received photos with their predictions, as future training data.

The folder contains the photos and ``photos.csv`` with a row for each. The column ``label`` is
empty, because training on predictions would repeat the mistakes of the model. After people have
filled it in, ``open_leaves`` reads the folder.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock

from transferleaf.datasets.photos.decoding import opened
from transferleaf.datasets.photos.file_content import read_content
from transferleaf.errors import ConfigError
from transferleaf.files.whole_files import written_whole
from transferleaf.predictions import LeafPrediction
from transferleaf.text.strangers_text import csv_cells, csv_line

COLUMNS = ("path", "label", "predicted", "probability", "verdict", "date", "name", "sha256")
"""The columns of the table."""

TABLE = "photos.csv"
_HASH = re.compile("[0-9a-f]{64}")
# The formats that `datasets/photos/formats.py` reads.
_ENDINGS = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif", "HEIF": ".heic"}


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Keeping:
    """A folder of stored photos. Each photo is only stored once.

    Args:
        folder: The folder. It is created if it does not exist.
        now: Function that returns the time.

    Raises:
        ConfigError: The folder is not writable, or its table is from another program.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = _now) -> None:
        self.folder = folder
        self.count = 0
        self._width = len(COLUMNS)
        self._now = now
        self._lock = Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._known = self._repaired()
            with self._table.open("ab") as file:
                if file.tell() == 0:
                    file.write(_row(COLUMNS))
        except OSError as error:
            must = f"be a folder that can be written to ({(error.strerror or str(error)).lower()})"
            raise ConfigError("keep", str(folder), must) from None

    @property
    def _table(self) -> Path:
        return self.folder / TABLE

    def keep(self, photo: Path, name: str, found: LeafPrediction) -> None:
        """Store a photo and its prediction.

        Args:
            photo: A readable photo file.
            name: The name given by the sender.
            found: The prediction.

        Raises:
            OSError: The photo cannot be written, for example because the disk is full.
            PhotoError: The photo does not exist any more.
        """
        sha256 = read_content(photo).sha256
        with opened(photo) as image:
            form = image.format or "JPEG"
        file = f"{sha256[:20]}{_ENDINGS.get(form, f'.{form.lower()}')}"
        date = self._now().isoformat(timespec="seconds")
        probability = f"{found.probability:.6f}"
        row = (file, "", found.label, probability, found.verdict, date, name, sha256)
        with self._lock:
            if file in self._known:
                return
            with written_whole(self.folder / file) as target:
                target.write(photo.read_bytes())
            with self._table.open("ab") as table:
                table.write(_row((*row, *[""] * (self._width - len(row)))))
            self._known.add(file)
            self.count += 1

    def _repaired(self) -> set[str]:
        """Read which photos are stored, and remove an incomplete last row.

        Users may add columns, and spreadsheets change quotes and line ends and leave out the last
        line end.
        """
        content = self._table.read_bytes() if self._table.exists() else b""
        if not content or _row(COLUMNS).startswith(content):  # a crash has cut the first line
            if content:
                self._table.write_bytes(b"")
            return set()
        end = max(content.rfind(b"\n"), content.rfind(b"\r")) + 1
        whole, last = content[:end], content[end:]
        if _is_complete(last):
            whole += last + b"\n"
        rows = self._rows(whole)
        if whole != content:
            with written_whole(self._table) as file:
                file.write(whole)
        self._width = len(rows[0])
        return {row[0] for row in rows[1:] if row}

    def _rows(self, content: bytes) -> list[list[str]]:
        try:
            rows = _parsed(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            must = f"hold a {TABLE} in UTF-8; save it as CSV UTF-8"
            raise ConfigError("keep", str(self.folder), must) from None
        if not rows or rows[0][: len(COLUMNS)] != list(COLUMNS):
            must = f"hold no other {TABLE}; its first line must begin with {','.join(COLUMNS)}"
            raise ConfigError("keep", str(self.folder), must)
        return rows


def _is_complete(last: bytes) -> bool:
    """Return whether a line without line end is a row: it is complete if its hash is."""
    rows = _parsed(last.decode("utf-8", errors="replace"))
    return bool(rows) and len(rows[0]) >= len(COLUMNS) and _HASH.fullmatch(rows[0][7]) is not None


def _parsed(text: str) -> list[list[str]]:
    return [csv_cells(row) for row in csv.reader(io.StringIO(text, newline=""))]


def _row(cells: tuple[object, ...]) -> bytes:
    return csv_line(cells).encode("utf-8", errors="backslashreplace")
