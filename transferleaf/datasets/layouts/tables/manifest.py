"""The layout of a saved split: a manifest and the photos that it lists."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias, get_args

from transferleaf.datasets.class_names import ALIKE, alike, in_class_order
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.manifest import COLUMNS, ManifestRow, is_manifest, read_manifest
from transferleaf.datasets.photos.content_hashes import content_hashes
from transferleaf.datasets.photos.files import composed
from transferleaf.errors import ConfigError, ManifestError
from transferleaf.text.wording import counted, first_few

Verify: TypeAlias = Literal["contents", "presence"]
"""How to check photos: compare their content with the hashes, or only check that they exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A file that ``LeafDataset.save`` or ``Split.save`` wrote.

    Attributes:
        photos: The root folder of the photos. Default: the folder of the file.
        verify: ``"contents"`` compares the content of all photos with the hashes. ``"presence"``
            only checks that the files exist.

    Raises:
        ConfigError: ``verify`` has another value.
    """

    name = "manifest"
    picture = f"split.csv ({','.join(COLUMNS)}) and, next to it, the photos that it lists"

    photos: str | os.PathLike[str] | None = None
    verify: Verify = "contents"

    def __post_init__(self) -> None:
        if self.verify not in get_args(Verify):
            raise ConfigError("verify", self.verify, 'be "contents" or "presence"')

    def recognise(self, root: Path) -> Recognition | None:
        """Recognise the first line of a manifest."""
        if not is_manifest(root):
            return None
        return Recognition(reason="its first line is that of a manifest", sure=True)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos that the manifest ``root`` lists. Other files are ignored.

        Returns:
            The photos in the order of the file, with their parts and leaves.

        Raises:
            ManifestError: ``root`` cannot be read or has only one class, or photos are missing or
                changed.
        """
        rows = read_manifest(root)
        class_names = [composed(row.class_name) for row in rows]
        classes = in_class_order(class_names)
        if len(classes) == 1:
            found = f"contains one class, {classes[0]!r}"
            raise ManifestError(root, found, "a classifier needs at least two.")
        pair = alike(classes)
        if pair is not None:
            found = f"contains the classes {pair[0]!r} and {pair[1]!r}, which {ALIKE}"
            raise ManifestError(root, found, "use the same spelling for both.")
        known = sum(row.leaf is not None for row in rows)
        position = {name: label for label, name in enumerate(classes)}
        return FoundPhotos(
            classes=classes,
            paths=self._find_photos(root, rows),
            names=tuple(composed(row.file) for row in rows),
            labels=tuple(position[name] for name in class_names),
            parts=tuple(row.part for row in rows if row.part),
            leaves=tuple(row.leaf for row in rows),
            told_by={"manifest": known} if known else {},
        )

    def _find_photos(self, manifest: Path, rows: Sequence[ManifestRow]) -> tuple[Path, ...]:
        folder = manifest.parent if self.photos is None else Path(self.photos)
        folders = _Folders()
        found = [folders.find(folder, row.file) for row in rows]
        missing = [row.file for row, path in zip(rows, found, strict=True) if path is None]
        paths = tuple(path for path in found if path is not None)
        present = [row for row, path in zip(rows, found, strict=True) if path is not None]
        hashes = content_hashes(paths) if self.verify == "contents" else ()
        contents = list(zip(present, hashes, strict=False))
        missing += [row.file for row, content in contents if content is None]
        changed = [row.file for row, content in contents if content not in (None, row.sha256)]
        if missing or changed:
            _refuse(manifest, folder, missing, changed)
        return paths


class _Folders:
    """The files of folders, by name with composed accents. Each folder is listed at most once."""

    def __init__(self) -> None:
        self._inside: dict[Path, dict[str, Path]] = {}

    def find(self, folder: Path, name: str) -> Path | None:
        """Find a file by its name below ``folder``, independent of how accents are encoded."""
        straight = folder / name
        if _is_file(straight):
            return straight
        place = folder
        for step in PurePosixPath(composed(name)).parts:
            inside = self._list(place).get(step)
            if inside is None:
                return None
            place = inside
        return place if _is_file(place) else None

    def _list(self, folder: Path) -> dict[str, Path]:
        if folder not in self._inside:
            try:
                entries = sorted(folder.iterdir())
            except OSError:  # missing, a file, or not permitted
                entries = []
            self._inside[folder] = {composed(entry.name): entry for entry in entries}
        return self._inside[folder]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, circular links, or not permitted
        return False


def _refuse(manifest: Path, folder: Path, missing: list[str], changed: list[str]) -> None:
    found = []
    if missing:
        found.append(
            f"{counted(len(missing), 'photo')} missing or unreadable: {first_few(missing)}"
        )
    if changed:
        found.append(f"{counted(len(changed), 'photo')} with other content: {first_few(changed)}")
    raise ManifestError(
        manifest,
        f"does not fit the photos in {str(folder)!r}, with {'; and '.join(found)}",
        "name the folder that it was saved for; "
        'verify="presence" accepts photos whose content has changed.',
        missing=missing,
        changed=changed,
    )
