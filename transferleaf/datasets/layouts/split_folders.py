"""The layout ``root/{train,val,test}/Class/photo.jpg``: class folders in a folder per part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from transferleaf.datasets.class_names import in_class_order
from transferleaf.datasets.layouts.class_folders import check_several_classes, read_class_folders
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.part_folders import PART_WORDS, in_usual_order, parts_among
from transferleaf.datasets.photos.files import (
    holds_photos,
    is_folder,
    list_folder,
    names_below,
)
from transferleaf.errors import ClassMismatchError, ConfigError, FolderLayoutError
from transferleaf.text.wording import first_few


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFolders:
    """A folder for each part, with class folders in it.

    Attributes:
        parts: The part of each folder, such as ``{"fold_0": "test", "fold_1": "train"}``. Other
            folders are left out. Default: the part is in the name of the folder.

    Raises:
        ConfigError: ``parts`` has no ``"train"``.
    """

    parts: Mapping[str, str] | None = None

    name = "split folders"
    picture = "root/{train,val,test}/Class/photo.jpg"

    def __post_init__(self) -> None:
        if self.parts is not None and "train" not in self.parts.values():
            raise ConfigError("parts", dict(self.parts), 'call one of the folders "train"')

    def recognise(self, root: Path) -> Recognition | None:
        """Recognise folders that are named after parts and contain folders."""
        if not is_folder(root):
            return None
        parts = folders_of_parts(root)
        if not any(list_folder(folder).folders for folder in parts):
            return None
        names = ", ".join(folder.name for folder in parts)
        return Recognition(reason=f"it contains folders for parts ({names})", sure=True)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos of each part, in the order train, val, test.

        Args:
            root: A folder with ``train`` and ``val`` or ``test`` or both, each with class folders.
                Other usual names are possible, such as ``training_set`` and ``dev``.

        Returns:
            The photos. All parts have the classes of ``train``.

        Raises:
            FolderLayoutError: ``root`` has another layout, or the parts of its folders are unclear.
            ClassMismatchError: A part has a class that ``train`` does not have.
            ConfigError: The layout names a missing folder.
        """
        parts = _read_parts(root) if self.parts is None else self._given_parts(root)
        _check_photos_have_classes(root, parts)
        found = [
            (part, read_class_folders(folder))
            for wanted in in_usual_order(parts.values())
            for folder, part in parts.items()
            if part == wanted
        ]
        joined = join_parts(root, found)
        train = next(folder for folder, part in parts.items() if part == "train")
        check_several_classes(train, joined.classes)
        return joined

    def _given_parts(self, root: Path) -> dict[Path, str]:
        assert self.parts is not None
        by_name = {folder.name: folder for folder in list_folder(root).folders}
        absent = sorted(set(self.parts) - by_name.keys())
        if absent:
            held = first_few(by_name, limit=20)
            must = f"name folders of {str(root)!r}, which are {held}; it names {first_few(absent)}"
            raise ConfigError("parts", dict(self.parts), must)
        return {by_name[name]: part for name, part in self.parts.items()}


def folders_of_parts(root: Path) -> dict[Path, str | None]:
    """Return the folders in ``root`` with photos and their parts, unless they may be classes.

    Returns:
        A dictionary from folder to part, or to ``None`` if its name means none. Empty if the
        folders may be classes.

    Raises:
        FolderLayoutError: A folder cannot be read.
    """
    folders = list_folder(root).folders
    if not parts_among(folder.name for folder in folders):  # avoids listing each class
        return {}
    filled = [folder for folder in folders if holds_photos(folder)]
    among = parts_among(folder.name for folder in filled)
    return {folder: among[folder.name] for folder in filled} if among else {}


def join_parts(root: Path, found: Sequence[tuple[str, FoundPhotos]]) -> FoundPhotos:
    """Combine the photos of several parts.

    Args:
        root: The folder that contains all parts.
        found: The part and the photos of each folder. A part may have fewer classes than ``train``.

    Raises:
        ClassMismatchError: A part has a class that ``train`` does not have.
    """
    of_train = [name for part, photos in found if part == "train" for name in photos.classes]
    classes = in_class_order(of_train)
    for part, photos in found:
        _check_classes(part, photos.classes, classes)
    position = {name: label for label, name in enumerate(classes)}
    paths = tuple(path for _, photos in found for path in photos.paths)
    return FoundPhotos(
        classes=classes,
        paths=paths,
        names=names_below(root, paths),
        labels=tuple(position[name] for _, photos in found for name in photos.class_names),
        parts=tuple(part for part, photos in found for _ in photos.paths),
        ignored=tuple(path for _, photos in found for path in photos.ignored),
    )


def refuse_split_folders(root: Path) -> None:
    """Raise if ``root`` is split into parts, so that a part is not read as a class.

    Raises:
        FolderLayoutError: The folders in ``root`` are parts, or one of them is ``train`` with class
            folders.
    """
    parts = folders_of_parts(root)
    if not parts:
        _refuse_lone_train(root)
        return
    _check_photos_have_classes(root, parts)
    raise FolderLayoutError(
        root,
        f"is split into parts ({_listed(parts)})",
        'the layout "split folders" reads them as they are, and so does '
        "LeafDataset.from_split_folders.",
    )


def _refuse_lone_train(root: Path) -> None:
    for folder in list_folder(root).folders:
        inside = list_folder(folder)
        if folder.name.lower() in PART_WORDS["train"] and inside.folders and not inside.photos:
            raise FolderLayoutError(
                root, "has one part, train", f"name {str(folder)!r}, and it is split when read."
            )


def _check_photos_have_classes(root: Path, parts: Mapping[Path, str | None]) -> None:
    """Raise if a part contains photos and no class folders."""
    flat = [folder for folder in parts if not list_folder(folder).folders]
    if not flat:
        return
    remedies = [
        "list the photos with their classes in a table next to these folders",
        "put the photos of each class in a separate folder in each part, as in "
        f"{flat[0].name}/Tomato___Late_blight/leaf1.jpg",
    ]
    train = [folder for folder, part in parts.items() if part == "train" and folder not in flat]
    if train:
        remedies.append(f"name {str(train[0])!r}, which is read alone and split")
    elif None in parts.values():
        remedies.append('read them as classes, with the layout "class folders"')
    raise FolderLayoutError(
        root,
        f"has folders that are named like parts ({_listed(parts)}), and the photos in "
        f"{_listed(flat)} are not in class folders",
        f"{'; or '.join(remedies)}.",
    )


def _listed(folders: Mapping[Path, object] | Sequence[Path]) -> str:
    return ", ".join(folder.name for folder in folders)


def _read_parts(root: Path) -> dict[Path, str]:
    """Return the part of each folder, from its name.

    Raises:
        FolderLayoutError: The names are unclear. The message lists them.
    """
    folders = folders_of_parts(root)
    if not folders:
        held = first_few(folder.name for folder in list_folder(root).folders)
        raise FolderLayoutError(
            root,
            f"is not split into parts (it contains {held or 'no folders'})",
            "it needs train and val or test or both, each with class folders; "
            'the layout "class folders" reads those that are not split.',
        )
    parts = {folder: part for folder, part in folders.items() if part is not None}
    _check_train(root, folders, parts)
    _check_no_strangers(root, folders)
    _check_one_each(root, parts)
    return parts


def _check_train(root: Path, folders: Mapping[Path, str | None], parts: Mapping[Path, str]) -> None:
    if "train" in parts.values():
        return
    names = [folder.name for folder in folders]
    raise FolderLayoutError(
        root,
        f"is split into parts ({', '.join(names)}), and none of them is called train",
        f"call them train, val and test, or name one of them, such as {str(root / names[0])!r}. "
        f"{_in_python(names)}",
    )


def _check_no_strangers(root: Path, folders: Mapping[Path, str | None]) -> None:
    strangers = [folder.name for folder, part in folders.items() if part is None]
    if strangers:
        known = {folder.name: part for folder, part in folders.items() if part is not None}
        raise FolderLayoutError(
            root,
            f"has folders for parts ({', '.join(known)}) and others: {first_few(strangers)}",
            f"move the others away, or call them train, val or test. {_in_python(known)}",
        )


def _check_one_each(root: Path, parts: Mapping[Path, str]) -> None:
    seen: dict[str, str] = {}
    for folder, part in parts.items():
        first = seen.setdefault(part, folder.name)
        if first != folder.name:
            raise FolderLayoutError(
                root,
                f"has two folders for {part}, {first!r} and {folder.name!r}",
                "move their photos into one of them, or rename one of them. "
                f"{_in_python([first, folder.name])}",
            )


def _in_python(names: Iterable[str]) -> str:
    """Return a sentence that shows how to name the parts in Python."""
    shown = dict(zip(names, ("train", "test"), strict=False))
    return f"In Python, layout=SplitFolders(parts={shown}) names the parts."


def _check_classes(part: str, found: Sequence[str], classes: Sequence[str]) -> None:
    unknown = sorted(set(found) - set(classes))
    if unknown:
        missing = sorted(set(classes) - set(found))
        raise ClassMismatchError(part, missing=missing, unknown=unknown, than="train")
