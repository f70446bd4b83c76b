"""The layout of Kaggle's "New Plant Diseases Dataset": split folders with augmented copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from transferleaf.datasets.layouts.class_folders import check_several_classes, read_class_folders
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.part_folders import PART_WORDS, named_parts, part_of
from transferleaf.datasets.layouts.split_folders import join_parts
from transferleaf.datasets.leaves.augmented_names import is_offline_copy
from transferleaf.datasets.photos.files import is_folder, list_folder, photos_below
from transferleaf.errors import FolderLayoutError
from transferleaf.text.wording import counted

_ARCHIVE = "New Plant Diseases Dataset"

# The data set has 87,000 photos, made from the 54,000 of PlantVillage, so 40 % are copies. A
# selection of classes may have fewer.
_GOOD_SHARE = 0.2


class NewPlantDiseases:
    """Kaggle's "New Plant Diseases Dataset": ``train``, ``valid``, and ``test`` without labels.

    Many photos are rotated, mirrored or recoloured copies, and copies of one photo are in both
    parts. The parts are kept, and ``Split.leaked()`` counts these photos.
    """

    name = "new plant diseases"
    picture = "New Plant Diseases Dataset(Augmented)/{train,valid}/Class/photo_flipLR.JPG"

    def recognise(self, root: Path) -> Recognition | None:
        """Recognise ``train`` and ``valid`` with names of augmented copies."""
        place = _locate(root) if is_folder(root) else None
        if place is None:
            return None
        stems = [
            photo.stem
            for folder in list_folder(place.parts["train"]).folders
            for photo in list_folder(folder).photos
        ]
        copies = sum(map(is_offline_copy, stems))
        if not copies or copies < _GOOD_SHARE * len(stems):
            return None
        reason = (
            f"{copies:,} of {counted(len(stems), 'photo')} in train have names of augmented copies"
        )
        return Recognition(reason=reason + _left_out_note(place), sure=True)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos of each part.

        Args:
            root: The folder with ``train`` and ``valid``, or a folder above it with the folders
                "New Plant Diseases Dataset...".

        Returns:
            The photos. Folders that were left out, such as ``test``, are in ``ignored``.

        Raises:
            FolderLayoutError: ``root`` has another layout.
            ClassMismatchError: A part has a class that ``train`` does not have.
        """
        place = _locate(root)
        if place is None:
            raise FolderLayoutError(
                root,
                f"has no folders train and valid, and no folder {_ARCHIVE!r} in it",
                "name the folder that the dataset was unpacked into.",
            )
        found = [(part, read_class_folders(folder)) for part, folder in place.parts.items()]
        joined = join_parts(root, found)
        check_several_classes(place.parts["train"], joined.classes)
        return replace(joined, ignored=(*joined.ignored, *place.left_out))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    parts: Mapping[str, Path]  # train, val and, if it has labels, test
    left_out: tuple[Path, ...]  # folders without labelled photos


def _locate(root: Path) -> _Place | None:
    """Find the folder with the parts, here or in a folder with the name of the archive."""
    folders = list_folder(root).folders
    named = named_parts(root)
    if {"train", "val"} <= named.keys() and list_folder(named["train"]).folders:
        parts = {
            part: named[part]
            for part in PART_WORDS
            if part in named and _has_labels(part, named[part])
        }
        return _Place(parts=parts, left_out=_without(folders, parts.values()))
    for folder in folders:
        if folder.name.lower().startswith(_ARCHIVE.lower()):
            below = _locate(folder)
            if below is not None:
                return replace(below, left_out=(*_without(folders, [folder]), *below.left_out))
    return None


def _has_labels(part: str, folder: Path) -> bool:
    # Kaggle's test photos are in test/test. Some copies have class folders there.
    inside = list_folder(folder).folders
    return part != "test" or any(part_of(below) != "test" for below in inside)


def _without(folders: Iterable[Path], taken: Iterable[Path]) -> tuple[Path, ...]:
    kept = set(taken)
    return tuple(folder for folder in folders if folder not in kept)


def _left_out_note(place: _Place) -> str:
    counts = [
        f"{folder.name!r} with {counted(sum(1 for _ in photos_below(folder)), 'photo')}"
        for folder in place.left_out
    ]
    return f"; left out: {', '.join(counts)}" if counts else ""
