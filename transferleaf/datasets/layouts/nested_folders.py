"""The layout ``root/Crop/Disease/photo.jpg``: one folder per crop, with one folder per disease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from transferleaf.datasets.class_names import in_class_order
from transferleaf.datasets.labels import SEPARATOR
from transferleaf.datasets.layouts.class_folders import (
    check_several_classes,
    check_spellings,
    read_class_folders,
)
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.part_folders import are_all_parts, part_of
from transferleaf.datasets.photos.files import composed, is_folder, list_folder, names_below
from transferleaf.errors import FolderLayoutError
from transferleaf.text.wording import counted


class NestedFolders:
    """One folder per crop, which contains one folder per disease and one for healthy leaves."""

    name = "nested folders"
    picture = "root/Crop/Disease/photo.jpg"

    def recognise(self, root: Path) -> Recognition | None:
        """Recognise at least two crop folders that contain disease folders with photos.

        A single folder may also be the parent of class folders, and folders named
        ``Crop___Disease`` in a folder with another name are already classes, so these are not
        recognised.
        """
        crops = _crops(root) if is_folder(root) else {}
        folders = [disease for diseases in crops.values() for disease in diseases]
        if len(crops) < 2 or any(map(_is_whole_class, folders)):
            return None
        reason = f"{len(crops)} folders contain {len(folders)} folders of photos"
        return Recognition(reason=reason, sure=False)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos in ``root/Crop/Disease/photo.jpg``, at least two classes.

        Returns:
            The photos. The classes are named ``Crop___Disease`` after the folders. A disease folder
            that already has such a name keeps it.

        Raises:
            FolderLayoutError: ``root`` has another layout. The message says what it contains.
        """
        listing = list_folder(root)
        if listing.photos or not listing.folders:
            raise FolderLayoutError(
                root,
                f"has {counted(len(listing.folders), 'crop folder')} and "
                f"{counted(len(listing.photos), 'image')} outside them",
                "put each photo in a folder of its disease, in a folder of its crop, as in "
                "Tomato/Late_blight/leaf1.jpg.",
            )
        found = {crop: read_class_folders(crop) for crop in listing.folders}
        classes = _class_names(root, found)
        check_several_classes(root, classes)
        return _join_crops(root, found, classes)


def _crops(root: Path) -> Mapping[Path, Sequence[Path]]:
    """Return the disease folders by crop folder, or nothing if a folder is not a crop folder."""
    listing = list_folder(root)
    if listing.photos or any(map(part_of, listing.folders)) or are_all_parts(listing.folders):
        return {}
    crops = {}
    for crop in listing.folders:
        inside = list_folder(crop)
        if inside.photos or are_all_parts(inside.folders):
            return {}
        crops[crop] = [folder for folder in inside.folders if list_folder(folder).photos]
    return {crop: diseases for crop, diseases in crops.items() if diseases}


def _is_whole_class(disease: Path) -> bool:
    return SEPARATOR in disease.name and not _repeats_crop(disease.parent.name, disease.name)


def _repeats_crop(crop: str, disease: str) -> bool:
    return composed(disease).startswith(composed(crop) + SEPARATOR)


def _class_name(crop: str, disease: str) -> str:
    return disease if _repeats_crop(crop, disease) else composed(f"{crop}{SEPARATOR}{disease}")


def _class_names(root: Path, found: Mapping[Path, FoundPhotos]) -> tuple[str, ...]:
    names = [
        _class_name(crop.name, disease)
        for crop, inside in found.items()
        for disease in inside.classes
    ]
    check_spellings(root, names)
    return in_class_order(names)


def _join_crops(
    root: Path, found: Mapping[Path, FoundPhotos], classes: Sequence[str]
) -> FoundPhotos:
    # Classes and folders have different orders: "Corn (maize)" sorts after "Corn", but "Corn
    # (maize)___rust" before "Corn___rust".
    position = {name: label for label, name in enumerate(classes)}
    labelled = sorted(
        (
            (position[_class_name(crop.name, disease)], path)
            for crop, inside in found.items()
            for disease, path in zip(inside.class_names, inside.paths, strict=True)
        ),
        key=lambda pair: pair[0],
    )
    paths = tuple(path for _, path in labelled)
    return FoundPhotos(
        classes=tuple(classes),
        paths=paths,
        names=names_below(root, paths),
        labels=tuple(label for label, _ in labelled),
        ignored=tuple(path for inside in found.values() for path in inside.ignored),
    )
