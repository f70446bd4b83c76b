"""The layout ``root/Crop/Disease/photo.jpg``: a folder per crop, in it one per disease."""

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
from transferleaf.wording import counted


class NestedFolders:
    """A folder for each crop, with a folder for each disease and for healthy leaves in it."""

    name = "nested folders"
    picture = "root/Crop/Disease/photo.jpg"

    def recognise(self, root: Path) -> Recognition | None:
        """Look for two crop folders that hold disease folders with photos, and no photos.

        One folder of folders may as well be a folder around class folders, and folders called
        ``Crop___Disease`` in one called otherwise are classes already: neither is recognised.
        """
        crops = _crops(root) if is_folder(root) else {}
        folders = [disease for diseases in crops.values() for disease in diseases]
        if len(crops) < 2 or any(map(_is_whole_class, folders)):
            return None
        reason = f"{len(crops)} folders hold {len(folders)} folders of photos"
        return Recognition(reason=reason, sure=False)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos of ``root/Crop/Disease/photo.jpg``, at least two classes.

        Returns:
            The photos; the classes are called ``Crop___Disease`` in the folders' spelling. A
            disease folder that is called so already keeps its name.

        Raises:
            FolderLayoutError: ``root`` has another layout; the message says what it holds.
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
    """Disease folders by crop folder; none if a folder is no crop folder."""
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
    # The order of the classes is not that of the folders: "Corn (maize)" sorts after "Corn", and
    # "Corn (maize)___rust" before "Corn___rust".
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
