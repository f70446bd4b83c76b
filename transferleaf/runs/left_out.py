"""Unreadable photos of a run: the list of all of them, and the parts without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.split import Split
from transferleaf.datasets.photo_checks import unreadable_photos
from transferleaf.errors import BadPhotosError, LostClassesError, ManifestError
from transferleaf.files.saved_values import save_values
from transferleaf.training.feeding.bad_photos import CHOICE, SkippedPhoto


def unreadable_test_photos(test: LeafDataset, *, skip: bool) -> tuple[SkippedPhoto, ...]:
    """Find unreadable test photos before the training.

    Args:
        test: The test photos. All are decoded.
        skip: Whether to leave them out.

    Raises:
        BadPhotosError: There are some, and ``skip`` is false.
        LostClassesError: No test photo is left.
    """
    if not skip:
        refuse_unreadable(test.paths)
        return ()
    errors = unreadable_photos(test.paths)
    if errors and len(errors) == len(test):
        shown = [name for name, count in test.class_counts().items() if count]
        raise LostClassesError("test", shown, errors=errors)
    return tuple(
        SkippedPhoto(path=error.path, reason=error.reason, used_for="test") for error in errors
    )


def refuse_unreadable(paths: Sequence[Path]) -> None:
    """Raise ``BadPhotosError`` if photos cannot be read. All are decoded."""
    if errors := unreadable_photos(paths):
        raise BadPhotosError(errors, photos=len(paths), remedy=CHOICE)


def without(split: Split, paths: Iterable[Path]) -> Split:
    """Remove photos from the parts."""
    gone = set(paths)
    if not gone:
        return split
    parts = tuple(
        part.subset([row for row, path in enumerate(part.paths) if path not in gone])
        for part in split
    )
    photos = sum(map(len, parts))
    return replace(split, parts=parts, fractions=tuple(len(part) / photos for part in parts))


def save_readable(split: Split, path: Path) -> None:
    """Write the manifest of the photos whose files can be read.

    Raises:
        ManifestError: It cannot be written.
    """
    try:
        split.save(path)
    except ManifestError as error:
        if not error.missing:
            raise
        lost = set(error.missing)
        kept = [[row for row, name in enumerate(part.names) if name not in lost] for part in split]
        parts = tuple(part.subset(rows) for part, rows in zip(split, kept, strict=True))
        replace(split, parts=parts).save(path)


def write_list(skipped: Sequence[SkippedPhoto], path: Path) -> None:
    """Write the photos that were left out, with reason and purpose, as JSON."""
    save_values(path, [photo.to_dict() for photo in skipped])
