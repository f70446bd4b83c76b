"""Photos from a list, checked and sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from transferleaf.datasets.class_names import ALIKE, alike, in_class_order
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.part_folders import in_usual_order
from transferleaf.datasets.layouts.photo_finder import (
    photos_beside,
    spelled_out,
    unlisted_folders,
)
from transferleaf.datasets.photos.files import composed, is_folder
from transferleaf.errors import ClassMismatchError, TableError
from transferleaf.text.wording import counted, first_few


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPhoto:
    """One row of a list.

    Attributes:
        path: Path of the photo.
        name: Path relative to the root of the data set, with forward slashes.
        class_name: Its class.
        part: The published part, or ``None``.
        leaf: The leaf in the photo, or ``None`` if unknown.
    """

    path: Path
    name: str
    class_name: str
    part: str | None = None
    leaf: str | None = None


def gather(table: Path, photos: Iterable[ListedPhoto], *, leaves_from: str) -> FoundPhotos:
    """Sort listed photos by part, class and name, without duplicates.

    Parts are dropped if there is only one.

    Args:
        table: The file with the list, for errors.
        photos: The rows.
        leaves_from: The source of the leaves, for messages.

    Returns:
        The photos. ``ignored`` contains the photos next to them that are not listed, and image
        folders without any listed photo.

    Raises:
        TableError: A photo is listed twice with different values, there are fewer than two classes,
            two classes are hard to distinguish, or only some photos have a part.
        ClassMismatchError: A part has a class that ``train`` does not have.
    """
    rows = _once(table, photos)
    _check_several_classes(table, rows)
    parts = _order_of_parts(table, rows)
    classes = in_class_order(composed(row.class_name) for row in rows)
    _check_spellings(table, classes)
    position = {name: label for label, name in enumerate(classes)}
    rows.sort(
        key=lambda row: (
            parts.index(row.part or ""),
            position[composed(row.class_name)],
            row.name,
        )
    )
    _check_train_has_all(rows, classes)
    known = sum(row.leaf is not None for row in rows)
    return FoundPhotos(
        classes=classes,
        paths=tuple(row.path for row in rows),
        names=tuple(row.name for row in rows),
        labels=tuple(position[composed(row.class_name)] for row in rows),
        parts=tuple(row.part or "" for row in rows if len(parts) > 1),
        leaves=tuple(row.leaf for row in rows if known),
        told_by={leaves_from: known} if known else {},
        ignored=_left_out(table, [row.path for row in rows]),
    )


def _left_out(table: Path, found: Sequence[Path]) -> tuple[Path, ...]:
    folder = table if is_folder(table) else table.parent
    return (*photos_beside(found), *unlisted_folders(folder, found))


def _once(table: Path, photos: Iterable[ListedPhoto]) -> list[ListedPhoto]:
    first: dict[Path, ListedPhoto] = {}
    differing: dict[str, list[str]] = {"classes": [], "parts": [], "leaves": []}
    for photo in photos:
        known = first.setdefault(spelled_out(photo.path), photo)
        for what, same in (
            ("classes", known.class_name == photo.class_name),
            ("parts", known.part == photo.part),
            ("leaves", known.leaf == photo.leaf),
        ):
            if not same:
                differing[what].append(photo.name)
    for what, names in differing.items():
        if names:
            each = tuple(dict.fromkeys(names))
            raise TableError(
                table,
                f"gives {counted(len(each), 'photo')} several {what}: {first_few(each)}",
                "keep one row for each photo.",
                photos=each,
            )
    return list(first.values())


def _check_several_classes(table: Path, rows: Sequence[ListedPhoto]) -> None:
    classes = {composed(row.class_name) for row in rows}
    if not rows:
        raise TableError(table, "contains no photos", "give it a row for each photo.")
    if len(classes) == 1:
        raise TableError(
            table,
            f"contains one class, {classes.pop()!r}",
            "a classifier needs at least two classes.",
        )


def _check_spellings(table: Path, classes: Sequence[str]) -> None:
    pair = alike(classes)
    if pair is not None:
        raise TableError(
            table,
            f"contains the classes {pair[0]!r} and {pair[1]!r}, which {ALIKE}",
            "use the same spelling for both.",
        )


def _order_of_parts(table: Path, rows: Sequence[ListedPhoto]) -> list[str]:
    without = [row.name for row in rows if row.part is None]
    if without and len(without) < len(rows):
        raise TableError(
            table,
            f"has a part for some photos, but none for {len(without):,}: {first_few(without)}",
            "give all photos a part, or none.",
            photos=without,
        )
    return list(in_usual_order(sorted({row.part or "" for row in rows})))


def _check_train_has_all(rows: Sequence[ListedPhoto], classes: tuple[str, ...]) -> None:
    of_part: dict[str, set[str]] = {}
    for row in rows:
        of_part.setdefault(row.part or "", set()).add(composed(row.class_name))
    for part, held in of_part.items():
        unknown = sorted(held - of_part.get("train", set(classes)))
        if unknown:
            missing = sorted(of_part["train"] - held)
            raise ClassMismatchError(part, missing=missing, unknown=unknown, than="train")
