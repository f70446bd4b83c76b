"""Handling of unreadable photos: found before the first epoch, then refused or left out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, get_args

import numpy as np

from transferleaf.datasets.photos.decoding import check_photo
from transferleaf.errors import BadPhotosError, ConfigError, LostClassesError, PhotoError
from transferleaf.features.photos import PhotoFiles, PhotoSource
from transferleaf.text.progress import Reporter
from transferleaf.training.feeding.feeds import Feed

OnBadPhoto: TypeAlias = Literal["raise", "skip"]

CHOICE = (
    'Repair or remove these files; on_bad_photo="skip", or --skip-bad-photos on the command '
    "line, leaves them out, and `transferleaf audit FOLDER` lists all problems of a folder of "
    "photos."
)
"""A sentence that says what to do about unreadable photos."""

_LEFT_OUT = "They are left out, because of on_bad_photo='skip', and listed in skipped_photos."


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedPhoto:
    """An unreadable photo that ``fit`` or ``adapt`` left out.

    Attributes:
        path: The photo.
        reason: Why it cannot be read.
        used_for: ``"training"``, ``"validation"``, ``"adaptation"`` or, in a run, ``"test"``.
    """

    path: Path
    reason: str
    used_for: str

    def to_dict(self) -> dict[str, str]:
        """Return values that can be written as JSON."""
        return {"path": str(self.path), "reason": self.reason, "used_for": self.used_for}

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> SkippedPhoto:
        """Create the value from the result of ``to_dict``.

        >>> SkippedPhoto.from_dict({"path": "1", "reason": "gone.", "used_for": "training"}).reason
        'gone.'
        """
        return cls(path=Path(values["path"]), reason=values["reason"], used_for=values["used_for"])


class PhotoReader(Protocol):
    """Reads photos, and stores the result."""

    def read_all(self, feed: Feed, label: str) -> None:
        """Read all photos of ``feed``, with a progress bar named ``label``.

        Raises:
            BadPhotosError: Some photos cannot be read.
        """

    def unread(self, feed: Feed) -> list[int]:
        """Return the indices of the photos of ``feed`` that are not read yet."""


def check_choice(on_bad_photo: object, feeds: Iterable[Feed]) -> None:
    """Refuse invalid values, and ``"skip"`` for data that cannot be skipped.

    Raises:
        ConfigError: The value is invalid, or it is ``"skip"`` and one of ``feeds`` is a stream.
    """
    if on_bad_photo not in get_args(OnBadPhoto):
        raise ConfigError("on_bad_photo", on_bad_photo, 'be "raise" or "skip"')
    if on_bad_photo == "skip" and any(feed.indexed is None for feed in feeds):
        must = 'be "raise" with a tf.data.Dataset, which reads its photos itself'
        raise ConfigError("on_bad_photo", on_bad_photo, must)


def openable(feeds: Mapping[str, Feed]) -> tuple[dict[str, Feed], list[SkippedPhoto]]:
    """Leave out photos that are missing or not readable by the user, without opening any.

    Args:
        feeds: The feeds, by purpose.

    Returns:
        The remaining feeds, and the photos that are left out.
    """
    errors = {
        use: [] if feed.indexed is None else unopenable(feed.indexed.source)
        for use, feed in feeds.items()
    }
    return _without(feeds, errors)


def readable(
    feeds: Mapping[str, Feed], reader: PhotoReader
) -> tuple[dict[str, Feed], list[SkippedPhoto]]:
    """Read all photos of some feeds, and leave out those that ``reader`` cannot read.

    Args:
        feeds: The feeds, by purpose.
        reader: Reads the photos and stores the result.

    Returns:
        The remaining feeds, and the photos that are left out.
    """
    errors = {use: _errors_of(feed, use, reader) for use, feed in feeds.items()}
    return _without(feeds, errors)


def settle(
    skipped: Sequence[SkippedPhoto],
    *,
    before: Mapping[str, Feed],
    after: Mapping[str, Feed],
    on_bad_photo: OnBadPhoto,
    reporter: Reporter,
    classes: Sequence[str],
) -> None:
    """Refuse all unreadable photos, or print which are left out.

    Args:
        skipped: The unreadable photos.
        before: The feeds with these photos.
        after: The feeds without these photos.
        on_bad_photo: ``"raise"`` or ``"skip"``.
        reporter: Prints the list.
        classes: Names of the classes.

    Raises:
        BadPhotosError: ``on_bad_photo`` is ``"raise"``.
        LostClassesError: A class has no training photo left, or no validation photo is left.
    """
    if not skipped:
        return
    found = BadPhotosError(
        [PhotoError(photo.path, photo.reason) for photo in skipped],
        photos=sum(feed.photos or 0 for feed in before.values()),
        remedy=CHOICE if on_bad_photo == "raise" else _LEFT_OUT,
    )
    if on_bad_photo == "raise":
        raise found
    for use, feed in after.items():
        _check_classes(use, before[use], feed, classes, found)
    reporter.quote(str(found))


def unopenable(source: PhotoSource) -> list[PhotoError]:
    """Find photos that are missing or not readable by the user, without opening any."""
    if not isinstance(source, PhotoFiles):
        return []
    suspects = [
        path
        for path in source.paths
        # Path.is_file raises for names that are too long and in folders without permission.
        if not (os.path.isfile(path) and os.access(path, os.R_OK))  # noqa: PTH113
    ]
    return [error for path in suspects if (error := _error_of(path)) is not None]


def _error_of(path: Path) -> PhotoError | None:
    try:
        check_photo(path)
    except PhotoError as error:
        return error
    return None


def _errors_of(feed: Feed, use: str, reader: PhotoReader) -> Sequence[PhotoError]:
    try:
        reader.read_all(feed, f"{use} photos")
    except BadPhotosError as found:
        return found.errors
    return ()


def _without(
    feeds: Mapping[str, Feed], errors: Mapping[str, Sequence[PhotoError]]
) -> tuple[dict[str, Feed], list[SkippedPhoto]]:
    skipped = [
        SkippedPhoto(path=error.path, reason=error.reason, used_for=use)
        for use, found in errors.items()
        for error in found
    ]
    return {use: _left(feed, errors[use]) for use, feed in feeds.items()}, skipped


def _left(feed: Feed, errors: Sequence[PhotoError]) -> Feed:
    if not errors or feed.subset is None or feed.indexed is None:
        return feed
    assert isinstance(feed.indexed.source, PhotoFiles)
    bad = {error.path for error in errors}
    good = [row for row, path in enumerate(feed.indexed.source.paths) if path not in bad]
    return feed.subset(np.array(good, np.int64))


def _check_classes(
    use: str, before: Feed, after: Feed, classes: Sequence[str], found: BadPhotosError
) -> None:
    """Check that each class has a training photo, and that there is a validation photo."""
    if use == "validation" and after.photos:
        return
    had, have = (feed.class_counts(len(classes)) for feed in (before, after))
    lost = [name for name, old, new in zip(classes, had, have, strict=True) if old and not new]
    if lost:
        raise LostClassesError(use, lost, errors=found.errors)
