"""Errors of photos, labels, splits and the files that list them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from transferleaf.errors.base import TransferLeafError


class DataError(TransferLeafError):
    """Photos, labels or folders have a problem."""


class FolderLayoutError(DataError, ValueError):
    """A folder does not have the expected layout."""

    def __init__(self, root: Path, found: str, expected: str) -> None:
        self.root = root
        self.found = found
        self.expected = expected
        super().__init__(f"{str(root)!r} {found}; {expected}")


class LayoutContractError(DataError, AssertionError):
    """A layout failed a check of ``check_layout``."""

    def __init__(self, layout: str, check: str, reason: str) -> None:
        self.layout = layout
        self.check = check
        super().__init__(f"the layout {layout!r} fails the check {check!r}: {reason}")


class PhotoError(DataError, ValueError):
    """A file cannot be read as a photo."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{str(path)!r} cannot be read as a photo: {reason}")


class BadPhotosError(DataError, ValueError):
    """Several files cannot be read as photos. The message lists them."""

    def __init__(
        self,
        errors: Sequence[PhotoError],
        *,
        photos: int,
        remedy: str = "Repair or remove these files.",
    ) -> None:
        self.errors = tuple(errors)
        self.photos = photos
        shown = [f"  {str(error.path)!r}: {error.reason}" for error in self.errors[:10]]
        more = len(self.errors) - len(shown)
        shown += [f"  and {more:,} more"] if more else []
        told = f"{len(self.errors):,} of {photos:,} photos cannot be read:"
        super().__init__("\n".join([told, *shown, remedy]))


class LostClassesError(DataError, ValueError):
    """Classes have no photos left without the unreadable ones."""

    def __init__(self, what: str, classes: Sequence[str], *, errors: Sequence[PhotoError]) -> None:
        self.what = what
        self.classes = tuple(classes)
        self.errors = tuple(errors)
        example = f"{str(self.errors[0].path)!r}: {self.errors[0].reason}"
        super().__init__(
            f"without the {len(self.errors):,} photos that cannot be read, the {what} photos show "
            f"none of {list(self.classes)} (the first of them is {example}). "
            "Repair or replace some of them, or leave these classes out."
        )


class LeafDatasetError(DataError, ValueError):
    """The attributes of a leaf data set do not fit together."""

    def __init__(self, part: str, found: str, expected: str) -> None:
        self.part = part
        self.found = found
        super().__init__(f"a LeafDataset cannot have {part} that {found}; {expected}.")


class LeafMapError(DataError, ValueError):
    """A map of leaf ids does not fit the photos."""

    def __init__(
        self, source: str, found: str, expected: str, *, photos: Sequence[str] = ()
    ) -> None:
        self.source = source
        self.found = found
        self.photos = tuple(photos)
        super().__init__(f"the leaf map {source} {found}; {expected}")


class ManifestError(DataError, ValueError):
    """A manifest cannot be written or read, or does not match the photos."""

    def __init__(
        self,
        path: Path,
        found: str,
        expected: str,
        *,
        missing: Sequence[str] = (),
        changed: Sequence[str] = (),
    ) -> None:
        self.path = path
        self.found = found
        self.missing = tuple(missing)
        self.changed = tuple(changed)
        super().__init__(f"the manifest {str(path)!r} {found}; {expected}")


class TableError(DataError, ValueError):
    """A table of photos and classes cannot be used."""

    def __init__(
        self, path: Path, found: str, expected: str, *, photos: Sequence[str] = ()
    ) -> None:
        self.path = path
        self.found = found
        self.expected = expected
        self.photos = tuple(photos)
        super().__init__(f"the table {str(path)!r} {found}; {expected}")


class SplitError(DataError, ValueError):
    """The photos cannot be split in this way."""

    def __init__(self, parts: int, *, leaves: Mapping[str, int]) -> None:
        self.parts = parts
        self.leaves = dict(leaves)
        few = ", ".join(f"{name!r} has {count}" for name, count in self.leaves.items())
        super().__init__(
            f"each of {parts} parts needs a leaf of every class, but {few} "
            "(a photo without a leaf id counts as one leaf; a leaf stays in one part). "
            "Add photos of other leaves, drop these classes, or split into fewer parts."
        )


class LoneLeafError(DataError, ValueError):
    """Classes have only one leaf, so their accuracy on other leaves cannot be measured."""

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        super().__init__(
            f"advice needs leaves that were not used for training, and {list(self.classes)} "
            "have photos of one leaf each (a photo without a leaf id counts as one leaf). Add "
            "photos of other leaves, or leave these classes out; a fit with a policy of your own, "
            "such as FreezePolicy.freeze_base(), needs no second leaf.",
        )


class EmptyClassError(DataError, ValueError):
    """A class has no photos but needs at least one."""

    def __init__(self, counts: Sequence[int], *, classes: Sequence[str] = ()) -> None:
        self.counts = tuple(int(count) for count in counts)
        self.empty = tuple(index for index, count in enumerate(self.counts) if count < 1)
        which = (
            f"the classes {[classes[index] for index in self.empty]}"
            if classes
            else f"the classes at positions {list(self.empty)} of {len(self.counts)}"
        )
        super().__init__(f"{which} have no photos; add photos of them, or leave these classes out.")


class AuditFileError(DataError, ValueError):
    """A file does not contain the JSON of an audit."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Audit.save wrote, or audit the photos again."
        )


class ReportFileError(DataError, ValueError):
    """A file does not contain the JSON of a report."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        self.found = found
        super().__init__(
            f"{str(path)!r} {found}; name a file that Report.save wrote, or create a report."
        )


class ClassMismatchError(DataError, ValueError):
    """A data set has other classes than the classifier."""

    def __init__(
        self,
        what: str,
        *,
        missing: Sequence[str],
        unknown: Sequence[str],
        than: str = "the classifier",
        some_in_common: bool = True,
    ) -> None:
        self.missing = tuple(missing)
        self.unknown = tuple(unknown)
        told = f"the classes of {what} differ from {than}'s: "
        if some_in_common:
            told += f"missing {_first_names(missing, 10)}, unknown {_first_names(unknown, 10)}"
        else:
            told += f"none is in common ({_first_names(unknown, 3)} and {_first_names(missing, 3)})"
        super().__init__(f"{told}; {_for_classes(than, unknown, some_in_common)}")


def _first_names(names: Sequence[str], limit: int) -> str:
    shown = ", ".join(map(repr, names[:limit]))
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return f"[{shown}{more}]"


def _for_classes(than: str, unknown: Sequence[str], some_in_common: bool) -> str:
    """Return a hint how to match the classes."""
    if than != "the classifier":
        return "give both the same classes; relabel() renames them or leaves them out."
    if not some_in_common:
        return (
            "match_classes(), or --label-map auto on the command line, proposes which of them mean "
            "the same."
        )
    if unknown:
        return "relabel(data, label_map) renames classes or leaves them out."
    return (
        "relabel(data, {name: name for name in data.classes}, classes=classifier.classes) takes "
        "a data set that lacks some."
    )
