"""Checks on files: damaged, wrongly named, or stored in an unusual way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from transferleaf.auditing.facts.photo_facts import PhotoFacts
from transferleaf.auditing.finding import Finding, Severity
from transferleaf.auditing.measures import measure_colour
from transferleaf.auditing.phrases import so_many
from transferleaf.auditing.subject import Subject
from transferleaf.datasets.photos.files import has_photo_ending
from transferleaf.text.wording import counted

# Usual file extensions by Pillow's name of the format. MPO: phones that store two pictures in a
# JPEG.
_ENDINGS = {
    "JPEG": (".jpg", ".jpeg", ".jfif"),
    "MPO": (".jpg", ".jpeg", ".mpo"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
}
_MODES = {
    "L": "grey",
    "1": "black and white",
    "P": "palette",
    "LA": "grey with transparency",
    "PA": "palette with transparency",
    "RGBA": "transparency",
    "CMYK": "CMYK",
    "I": "more than 8 bits",
    "I;16": "16 bits",
    "I;16B": "16 bits",
    "F": "real numbers",
}
# Maximum difference between the channels of a grey photo, in [0, 255], after JPEG rounding.
_GREY = 4


def find_broken_files(subject: Subject) -> Iterator[Finding]:
    """Find files that cannot be read as photos."""
    broken = _noted(subject, lambda name, fact: fact.error)
    yield from _about(
        broken,
        check="broken-files",
        title=f"{counted(len(broken), 'photo')} cannot be read",
        severity="error",
        advice="Get them again, or leave them out, as --fix does.",
        sure="certain: each photo was decoded completely",
    )


def find_odd_files(subject: Subject) -> Iterator[Finding]:
    """Find readable files that differ from what their name or the other files suggest."""
    yield from _wrong_endings(subject)
    yield from _odd_modes(subject)
    yield from _grey_photos(subject)
    yield from _several_pictures(subject)
    yield from _turned(subject)


def find_ignored_files(subject: Subject) -> Iterator[Finding]:
    """Find files that were left out: they are not photos, or are not listed."""
    ignored = {
        str(path): "is not listed" if has_photo_ending(path.name) else "is not a photo"
        for path in subject.data.ignored
    }
    if ignored:
        yield Finding(
            check="ignored-files",
            title=f"{so_many(len(ignored), 'file', 'are')} left out",
            severity="note",
            count=len(ignored),
            notes=ignored,
            advice="They are not used. Move them, list them, or correct their file extensions.",
            sure="certain: by the file extension and by the list of photos",
        )


def _wrong_endings(subject: Subject) -> Iterator[Finding]:
    def is_another(name: str, fact: PhotoFacts) -> str | None:
        usual = _ENDINGS.get(fact.format or "")
        return f"is {fact.format}" if usual and not name.lower().endswith(usual) else None

    wrong = _noted(subject, is_another)
    yield from _about(
        wrong,
        check="wrong-endings",
        title=f"{so_many(len(wrong), 'photo', 'have')} the file extension of another format",
        severity="note",
        advice="They are read correctly here; rename them for programs that use the extension.",
        sure="certain: by the first bytes",
    )


def _odd_modes(subject: Subject) -> Iterator[Finding]:
    odd = _noted(
        subject,
        lambda name, fact: None if fact.mode in (None, "RGB") else _MODES.get(fact.mode, fact.mode),
    )
    modes = ", ".join(f"{count:,} {mode}" for mode, count in Counter(odd.values()).items())
    yield from _about(
        odd,
        check="odd-modes",
        title=f"{so_many(len(odd), 'photo', 'are')} not stored as 8-bit RGB: {modes}",
        severity="note",
        advice="They are converted to RGB; check that all classes are stored alike.",
        sure="certain: by the file",
    )


def _grey_photos(subject: Subject) -> Iterator[Finding]:
    grey = np.flatnonzero(measure_colour(subject) <= _GREY)
    yield from _about(
        dict.fromkeys(subject.names(grey), ""),
        check="grey-photos",
        title=f"{so_many(len(grey), 'photo', 'have')} no colour",
        severity="note",
        advice="Many diseases are recognised by colour; use colour photos if there are any.",
        sure="measured: red, green and blue are the same everywhere",
    )


def _several_pictures(subject: Subject) -> Iterator[Finding]:
    several = _noted(
        subject,
        lambda name, fact: (
            f"{fact.frames} pictures"
            if fact.frames is not None and fact.frames > 1 and fact.format != "MPO"
            else None
        ),
    )
    yield from _about(
        several,
        check="several-pictures",
        title=f"{so_many(len(several), 'photo', 'contain')} several images, as animations do",
        severity="note",
        advice="Only the first image of each is read; store the others as files.",
        sure="certain: by the file",
    )


def _turned(subject: Subject) -> Iterator[Finding]:
    turned = _noted(subject, lambda name, fact: "" if fact.turned else None)
    yield from _about(
        turned,
        check="stored-turned",
        title=f"{so_many(len(turned), 'photo', 'are')} stored rotated, with EXIF data",
        severity="note",
        advice="They are read upright here; programs that ignore EXIF show them rotated.",
        sure="certain: by EXIF",
    )


def _noted(subject: Subject, note: Callable[[str, PhotoFacts], str | None]) -> dict[str, str]:
    """Return the notes on photos, by name. ``note`` returns ``None`` for a usual photo."""
    told = {
        name: note(name, fact) for name, fact in zip(subject.data.names, subject.facts, strict=True)
    }
    return {name: text for name, text in told.items() if text is not None}


def _about(
    notes: Mapping[str, str],
    *,
    check: str,
    title: str,
    severity: Severity,
    advice: str,
    sure: str,
) -> Iterator[Finding]:
    """Yield a finding about the photos of ``notes``, if there are any."""
    if notes:
        yield Finding(
            check=check,
            title=title,
            severity=severity,
            count=len(notes),
            photos=tuple(notes),
            notes={name: note for name, note in notes.items() if note},
            advice=advice,
            sure=sure,
        )
