"""The named checks of a layout, on a folder in this layout."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TypeAlias

from transferleaf.datasets.class_names import in_class_order
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Layout
from transferleaf.errors import LayoutContractError


class LayoutSubject:
    """A layout to check, and the photos that it finds in a folder.

    Args:
        layout: The layout.
        root: A folder or file in that layout.
    """

    def __init__(self, layout: Layout, root: Path) -> None:
        self.layout = layout
        self.root = root

    @cached_property
    def found(self) -> FoundPhotos:
        """The photos, found once for all checks."""
        return self.layout.find(self.root)


LayoutCheck: TypeAlias = Callable[[LayoutSubject], Iterator[str]]


def check_layout(layout: Layout, root: Path) -> None:
    """Check a layout.

    Args:
        layout: The layout.
        root: A folder or file with a small data set in that layout, with at least two classes.

    Raises:
        LayoutContractError: The first check that fails, with the reason.
    """
    subject = LayoutSubject(layout, root)
    for name in LAYOUT_CHECKS:
        run_layout_check(subject, name)


def run_layout_check(subject: LayoutSubject, name: str) -> None:
    """Run the check ``name``.

    Raises:
        LayoutContractError: The check fails or raises an error.
    """
    try:
        complaint = next(LAYOUT_CHECKS[name](subject), None)
    except Exception as error:  # a plugin can raise any exception
        reason = f"{type(error).__name__}: {error}"
        raise LayoutContractError(subject.layout.name, name, reason) from error
    if complaint is not None:
        raise LayoutContractError(subject.layout.name, name, complaint)


def _recognises_its_own(subject: LayoutSubject) -> Iterator[str]:
    """It recognises a folder of its kind, with a reason."""
    recognition = subject.layout.recognise(subject.root)
    if recognition is None:
        yield "it does not recognise its own example"
    elif not recognition.reason:
        yield "it gives no reason for recognising its own example"


def _leaves_others_alone(subject: LayoutSubject) -> Iterator[str]:
    """Folders that are not data sets are not recognised and raise no error."""
    with tempfile.TemporaryDirectory() as folder:
        missing, empty, text = (Path(folder, name) for name in ("missing", "empty", "notes.txt"))
        empty.mkdir()
        text.write_text("no photos\n", encoding="utf-8")
        for what, path in (
            ("a missing path", missing),
            ("an empty folder", empty),
            ("a text file", text),
        ):
            if subject.layout.recognise(path) is not None:
                yield f"it recognises {what}"


def _several_classes(subject: LayoutSubject) -> Iterator[str]:
    """At least two classes are found."""
    if len(subject.found.classes) < 2:
        yield f"it finds {len(subject.found.classes)} classes, not two or more"


def _classes_sorted(subject: LayoutSubject) -> Iterator[str]:
    """The classes are unique and sorted, with composed accents.

    Numbers are sorted by value, other names by code point.
    """
    classes = subject.found.classes
    if classes != in_class_order(classes):
        yield f"its classes {list(classes)} are not sorted, each once"
    yield from _not_composed(classes)


def _repeats(subject: LayoutSubject) -> Iterator[str]:
    """Finding the photos twice gives the same result."""
    if subject.layout.find(subject.root) != subject.found:
        yield "it finds different photos the second time"


def _one_value_each(subject: LayoutSubject) -> Iterator[str]:
    """Each photo has a path, a name and a label. All or none have a part, and a leaf."""
    found = subject.found
    photos = len(found.paths)
    for what, number in (("names", len(found.names)), ("labels", len(found.labels))):
        if number != photos:
            yield f"it finds {number} {what} for {photos} photos"
    for what, values in (("parts", found.parts), ("leaves", found.leaves)):
        if len(values) not in (0, photos):
            yield f"it finds {len(values)} {what} for {photos} photos, neither all nor none"


def _labels_cover_classes(subject: LayoutSubject) -> Iterator[str]:
    """Labels are indices of classes, and every class has a photo."""
    found = subject.found
    outside = [label for label in found.labels if not 0 <= label < len(found.classes)]
    if outside:
        yield f"the label {outside[0]} is not an index of the {len(found.classes)} classes"
    empty = [name for label, name in enumerate(found.classes) if label not in found.labels]
    if empty:
        yield f"the class {empty[0]!r} has no photo"


def _parts_named(subject: LayoutSubject) -> Iterator[str]:
    """Parts have names."""
    if "" in subject.found.parts:
        yield "a part has no name"


def _names_below_root(subject: LayoutSubject) -> Iterator[str]:
    """Names are unique paths relative to the root, with forward slashes and composed accents."""
    names = subject.found.names
    for name in names:
        if not name or name.startswith("/") or ".." in PurePosixPath(name).parts:
            yield f"the name {name!r} is not a path below the root"
        if "\\" in name:
            yield f"the name {name!r} has a backslash"
    if len(set(names)) < len(names):
        yield "two photos have the same name"
    yield from _not_composed(names)


def _paths_exist(subject: LayoutSubject) -> Iterator[str]:
    """Each photo is a file."""
    for path in subject.found.paths:
        if not path.is_file():
            yield f"{str(path)!r} is not a file"


def _not_composed(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if not unicodedata.is_normalized("NFC", name):
            yield f"{name!r} has accents as separate characters (not NFC)"


LAYOUT_CHECKS: Mapping[str, LayoutCheck] = MappingProxyType(
    {
        "recognises_its_own": _recognises_its_own,
        "leaves_others_alone": _leaves_others_alone,
        "several_classes": _several_classes,
        "classes_sorted": _classes_sorted,
        "repeats": _repeats,
        "one_value_each": _one_value_each,
        "labels_cover_classes": _labels_cover_classes,
        "parts_named": _parts_named,
        "names_below_root": _names_below_root,
        "paths_exist": _paths_exist,
    }
)
