"""Photos taken out of the record files of TensorFlow Datasets, once, with their original bytes."""

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

from transferleaf.cache_folder import cache_folder
from transferleaf.datasets.layouts.unfinished_folders import remove_abandoned, unfinished_folder
from transferleaf.datasets.photos.files import composed, has_photo_ending
from transferleaf.errors import FolderLayoutError, MissingExtraError

FACTS = ("dataset_info.json", "features.json")
"""Files that lie in every folder that TensorFlow Datasets prepared."""

# The list of the photos, in the form of the layout Table, and what they came from.
LIST = "photos.csv"
_SOURCE = "source.json"

_FILE_NAME_FEATURES = ("image/filename", "filename", "image/file_name", "file_name")
# What one of the usual systems does not allow in names.
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_BYTES_IN_A_NAME = 200
_ENDING_OF = {b"\xff\xd8": ".jpg", b"\x89P": ".png", b"GI": ".gif", b"BM": ".bmp", b"RI": ".webp"}


def import_tfds() -> Any:
    """Import TensorFlow Datasets.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import tensorflow_datasets
    except ImportError:
        raise MissingExtraError(
            "tensorflow-datasets", extra="tfds", why="reading data sets of TensorFlow Datasets"
        ) from None
    return tensorflow_datasets


def unpack(prepared: Path, *, to: Path | None) -> Path:
    """Write the photos of a prepared data set into ``part/Class/photo.jpg``, unless they are there.

    Photos whose label is unknown (-1) are left out. Files are written into a folder beside the
    final one, which is renamed at the end: what is there is whole.

    Args:
        prepared: A folder that TensorFlow Datasets prepared.
        to: Where the photos go, a new or empty folder, or one that holds them already; ``None``
            is a folder in the cache.

    Returns:
        The folder of the photos, with ``LIST`` in it.

    Raises:
        FolderLayoutError: ``prepared`` cannot be read or holds no photos with classes, or ``to``
            holds something else.
        MissingExtraError: TensorFlow Datasets is needed and not installed.
    """
    source = _source(prepared)
    place = Path("tfds", f"{prepared.parent.name}-{prepared.name}-{source['sha256'][:16]}")
    target = cache_folder() / place if to is None else to
    # Also where the photos are there: whoever repeats a killed call at once comes back here later.
    remove_abandoned(target)
    if _holds(target, source):
        return target
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FolderLayoutError(
            target,
            f"holds something else than the photos of {str(prepared)!r}",
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
    """Tell prepared data apart: the facts hold the number of photos and the bytes of each part."""
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
            target.rmdir()  # Windows renames onto nothing, not even onto an empty folder
        partial.rename(target)
    except OSError:
        # Another process may have been quicker with the same photos.
        if not _holds(target, source):
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    """The records of a prepared data set, and what its features are called."""

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
        except Exception as error:  # it may fail in any way on files that are not its own
            _refuse(folder, error)
        return cls(
            folder=folder,
            builder=builder,
            image=_only(folder, features, tfds.features.Image, "image"),
            label=_only(folder, features, tfds.features.ClassLabel, "class label"),
            file_name=next((name for name in _FILE_NAME_FEATURES if name in features), None),
        )

    def photos(self, part: str) -> Iterator[tuple[bytes, str, str]]:
        """Read the bytes, the class and the file name (maybe empty) of each photo of a part."""
        tfds = import_tfds()
        raw = {self.image: tfds.decode.SkipDecoding()}
        classes = self.builder.info.features[self.label]
        try:
            # The order of records is the same at each reading as long as files are not shuffled.
            for record in self.builder.as_dataset(split=part, decoders=raw).as_numpy_iterator():
                name = record[self.file_name].decode(errors="replace") if self.file_name else ""
                if record[self.label] >= 0:
                    yield record[self.image], classes.int2str(record[self.label]), name
        except Exception as error:  # damaged records fail in ways of TensorFlow's own
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
    """Choose where a photo goes; no two places differ in case only."""
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
    """Make of a text a name for a file or folder that every usual system allows.

    >>> plain_name("a/b: c?.jpg"), plain_name("..")
    ('a_b_ c_.jpg', '_')
    """
    allowed = _FORBIDDEN.sub("_", composed(name)).strip(". ") or "_"
    if len(allowed.encode(errors="replace")) <= _BYTES_IN_A_NAME:
        return allowed
    ending = Path(allowed).suffix if has_photo_ending(allowed) else ""
    room = _BYTES_IN_A_NAME - len(ending)
    return allowed.encode(errors="replace")[:room].decode(errors="ignore").strip(". ") + ending
