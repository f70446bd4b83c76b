"""Extraction of photos from the record files of TensorFlow Datasets, without re-encoding."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from transferleaf.datasets.layouts.unfinished_folders import remove_abandoned, unfinished_folder
from transferleaf.datasets.photos.files import composed, has_photo_ending
from transferleaf.errors import FolderLayoutError, MissingExtraError
from transferleaf.files.cache_folder import cache_folder

FACTS = ("dataset_info.json", "features.json")
"""Files in every folder that TensorFlow Datasets prepared."""

# The list of the photos, readable by the layout Table, and the file that identifies their source.
LIST = "photos.csv"
_SOURCE = "source.json"

_FILE_NAME_FEATURES = ("image/filename", "filename", "image/file_name", "file_name")
# Characters that Windows, macOS or Linux does not allow in names.
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_BYTES_IN_A_NAME = 200
_ENDING_OF = {b"\xff\xd8": ".jpg", b"\x89P": ".png", b"GI": ".gif", b"BM": ".bmp", b"RI": ".webp"}


def import_tfds() -> Any:
    """Import TensorFlow Datasets.

    Raises:
        MissingExtraError: TensorFlow Datasets is not installed.
    """
    try:
        import tensorflow_datasets
    except ImportError:
        raise MissingExtraError(
            "tensorflow-datasets", extra="tfds", why="reading data sets of TensorFlow Datasets"
        ) from None
    return tensorflow_datasets


def unpack(prepared: Path, *, to: Path | None) -> Path:
    """Write the photos of a prepared data set to ``part/Class/photo.jpg``, unless they exist.

    Photos with an unknown label (-1) are left out. The photos are written to a temporary folder,
    which is renamed at the end, so the final folder is always complete.

    Args:
        prepared: A folder that TensorFlow Datasets prepared.
        to: A new or empty folder for the photos, or a folder that already contains them. ``None``:
            a folder in the cache.

    Returns:
        The folder of the photos. It contains ``LIST``.

    Raises:
        FolderLayoutError: ``prepared`` cannot be read or contains no photos with classes, or ``to``
            contains something else.
        MissingExtraError: TensorFlow Datasets is required and not installed.
    """
    source = _source(prepared)
    place = Path("tfds", f"{prepared.parent.name}-{prepared.name}-{source['sha256'][:16]}")
    target = cache_folder() / place if to is None else to
    # Also if the photos exist: right after a killed call, its folder may not count as abandoned
    # yet.
    remove_abandoned(target)
    if _holds(target, source):
        return target
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderLayoutError(
            target,
            f"contains other files than the photos of {str(prepared)!r}",
            "name a new or empty folder.",
        )
    partial = unfinished_folder(target)
    try:
        partial.mkdir(parents=True)
        _write(_Records.open(prepared), partial)
        (partial / _SOURCE).write_text(json.dumps(source), encoding="utf-8")
        _put_in_place(partial, target, source)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def _source(prepared: Path) -> dict[str, str]:
    """Return facts that identify prepared data: number of photos and bytes of each part."""
    digest = hashlib.sha256()
    for name in FACTS:
        digest.update((prepared / name).read_bytes())
    return {"prepared_by": "TensorFlow Datasets", "sha256": digest.hexdigest()}


def _holds(target: Path, source: dict[str, str]) -> bool:
    try:
        held = json.loads((target / _SOURCE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(held == source)


def _put_in_place(partial: Path, target: Path, source: dict[str, str]) -> None:
    try:
        if target.is_dir():
            target.rmdir()  # Windows cannot rename onto an existing folder
        partial.rename(target)
    except OSError:
        # Another process may have unpacked the same photos in the meantime.
        if not _holds(target, source):
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    """The records of a prepared data set, and the names of its features."""

    folder: Path
    builder: Any
    image: str
    label: str
    file_name: str | None

    @classmethod
    def open(cls, folder: Path) -> _Records:
        tfds = import_tfds()
        try:
            builder = tfds.builder_from_directory(str(folder))
            features = dict(builder.info.features.items())
        except Exception as error:  # unknown files can raise any exception
            _refuse(folder, error)
        return cls(
            folder=folder,
            builder=builder,
            image=_only(folder, features, tfds.features.Image, "image"),
            label=_only(folder, features, tfds.features.ClassLabel, "class label"),
            file_name=next((name for name in _FILE_NAME_FEATURES if name in features), None),
        )

    def photos(self, part: str) -> Iterator[tuple[bytes, str, str]]:
        """Yield the bytes, class and file name (or an empty text) of each photo of a part."""
        tfds = import_tfds()
        raw = {self.image: tfds.decode.SkipDecoding()}
        classes = self.builder.info.features[self.label]
        try:
            # Without shuffling of files, the order of the records is always the same.
            for record in self.builder.as_dataset(split=part, decoders=raw).as_numpy_iterator():
                name = record[self.file_name].decode(errors="replace") if self.file_name else ""
                if record[self.label] >= 0:
                    yield record[self.image], classes.int2str(record[self.label]), name
        except Exception as error:  # damaged records raise exceptions of TensorFlow
            _refuse(self.folder, error)


def _only(folder: Path, features: dict[str, Any], kind: type, what: str) -> str:
    names = [name for name, feature in features.items() if isinstance(feature, kind)]
    if len(names) != 1:
        raise FolderLayoutError(
            folder,
            f"has {len(names)} features of the kind {what} among {sorted(features)}",
            "photos with one class each are needed.",
        )
    return names[0]


def _refuse(folder: Path, error: Exception) -> NoReturn:
    said = str(error).strip().splitlines() or [""]
    raise FolderLayoutError(
        folder,
        f"cannot be read by TensorFlow Datasets ({type(error).__name__}: {said[0]})",
        "prepare it again with download_and_prepare().",
    ) from error


def _write(records: _Records, folder: Path) -> None:
    with (folder / LIST).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("path", "label", "split"))
        for part in records.builder.info.splits:
            taken: set[str] = set()
            for number, (content, class_name, name) in enumerate(records.photos(part)):
                place = _free_place(part, class_name, name or f"{number:06d}", content, taken)
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                (folder / place).write_bytes(content)
                rows.writerow((place, class_name, part))


def _free_place(part: str, class_name: str, name: str, content: bytes, taken: set[str]) -> str:
    """Return a path for a photo that is unique, even if case is ignored."""
    named = Path(plain_name(name.replace("\\", "/").rpartition("/")[2]))
    if not has_photo_ending(named.name):
        named = Path(named.name + _ENDING_OF.get(content[:2], ".jpg"))
    folder = f"{plain_name(part)}/{plain_name(class_name)}"
    place, copies = f"{folder}/{named}", 1
    while place.casefold() in taken:
        copies += 1
        place = f"{folder}/{named.stem}-{copies}{named.suffix}"
    taken.add(place.casefold())
    return place


def plain_name(name: str) -> str:
    """Convert a text to a name for a file or folder that all common systems allow.

    >>> plain_name("a/b: c?.jpg"), plain_name("..")
    ('a_b_ c_.jpg', '_')
    """
    allowed = _FORBIDDEN.sub("_", composed(name)).strip(". ") or "_"
    if len(allowed.encode(errors="replace")) <= _BYTES_IN_A_NAME:
        return allowed
    ending = Path(allowed).suffix if has_photo_ending(allowed) else ""
    room = _BYTES_IN_A_NAME - len(ending)
    return allowed.encode(errors="replace")[:room].decode(errors="ignore").strip(". ") + ending
