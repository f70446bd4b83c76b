"""The outcome of a review: a data set with the decisions applied, and its files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from transferleaf.datasets.manifest import write_manifest
from transferleaf.files.whole_files import written_whole
from transferleaf.text.strangers_text import csv_line

if TYPE_CHECKING:
    from transferleaf.datasets.leaf_dataset import LeafDataset
    from transferleaf.reviewing.decisions import Decision
    from transferleaf.reviewing.review import Review

MANIFEST = "reviewed.csv"
DECISIONS = "decisions.csv"
_COLUMNS = ("file", "decision", "class", "same_leaf_as", "decided_by", "decided_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A data set after a review.

    Attributes:
        data: The remaining photos, with their classes and leaves. New photos without a decision are
            excluded.
        relabelled: Photos with a new class; for new photos, all that got a class.
        dropped: Photos that were left out.
        joined: Photos that show the leaf of another photo, by a decision.
        gone: Names of photos that cannot be read any more and were left out too.
    """

    data: LeafDataset
    relabelled: int
    dropped: int
    joined: int
    gone: tuple[str, ...]


def apply_decisions(review: Review) -> Outcome:
    """Apply the decisions of a review to its data set. No file is changed.

    A photo that is dropped in one question is left out, independent of other decisions.
    """
    data, made = review.subject.data, review.decisions()
    at = {name: photo for photo, name in enumerate(data.names)}
    classes = {name: label for label, name in enumerate(data.classes)}
    labels = data.labels.copy()
    answered = np.full(len(data), not review.subject.new)
    for each in made:
        if each.class_name is not None:
            labels[at[each.photo]] = classes[each.class_name]
            answered[at[each.photo]] = True
    dropped = {at[each.photo] for each in made if each.action == "drop"}
    gone = {photo for photo, content in enumerate(review.subject.hashes) if content is None}
    kept = [
        photo
        for photo in range(len(data))
        if answered[photo] and photo not in dropped and photo not in gone
    ]
    changed = answered if review.subject.new else labels != data.labels
    return Outcome(
        data=replace(data, labels=labels, leaves=_leaves(data, made, at)).subset(kept),
        relabelled=int(changed[kept].sum()),
        dropped=len(dropped),
        joined=sum(each.action == "same-leaf" for each in made),
        gone=tuple(data.names[photo] for photo in sorted(gone - dropped)),
    )


def write_outcome(
    review: Review, outcome: Outcome, *, besides: LeafDataset | None = None
) -> Path | None:
    """Write the manifest and the list of decisions into the folder of the review.

    Both files are written atomically.

    Args:
        review: The review.
        outcome: The result of ``apply_decisions``.
        besides: Photos with parts to list before the reviewed ones, such as those that a classifier
            was trained on. The reviewed photos are then in ``"train"``.

    Returns:
        The manifest, for ``transferleaf train``. ``None`` if no photo remains.

    Raises:
        ManifestError: A photo cannot be read, or the file cannot be written.
        OSError: The list of decisions cannot be written.
    """
    folder = review.journal.folder
    _write_decisions(folder / DECISIONS, review.decisions())
    data = outcome.data if besides is None else _joined(besides, outcome.data)
    if not len(data):
        return None
    placed = replace(data, names=names_from(folder, data.paths))
    write_manifest(folder / MANIFEST, placed, placed.parts or ("",) * len(placed))
    return folder / MANIFEST


def names_from(folder: Path, paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the names of photos in a manifest in ``folder``: relative or absolute paths.

    >>> names_from(Path("/photos/review"), [Path("/photos/rust/1.jpg")])
    ('../rust/1.jpg',)
    """
    start = folder.resolve()
    named = []
    for path in paths:
        full = path.absolute()
        try:
            named.append(Path(os.path.relpath(full, start)).as_posix())
        except ValueError:  # on another drive (Windows)
            named.append(full.as_posix())
    return tuple(named)


def _leaves(
    data: LeafDataset, made: Sequence[Decision], at: dict[str, int]
) -> tuple[str | None, ...]:
    """Return leaf ids after the decisions on same leaves. All photos of both leaves are joined."""
    leaves = list(data.leaves)
    for each in made:
        if each.same_as is None:
            continue
        photo, other = at[each.photo], at[each.same_as]
        known = leaves[other] or leaves[photo] or f"same as {each.same_as}"
        before = {leaf for leaf in (leaves[photo], leaves[other]) if leaf is not None}
        leaves = [known if leaf in before else leaf for leaf in leaves]
        leaves[photo] = leaves[other] = known
    return tuple(leaves)


def _joined(first: LeafDataset, second: LeafDataset) -> LeafDataset:
    """Join two data sets. If the first has parts, photos of the second are in ``"train"``."""
    known = set(first.paths)
    more = second.subset([photo for photo, path in enumerate(second.paths) if path not in known])
    classes = (*first.classes, *(name for name in second.classes if name not in first.classes))
    labels = [classes.index(more.classes[label]) for label in more.labels.tolist()]
    return replace(
        first,
        paths=first.paths + more.paths,
        labels=np.concatenate([first.labels, np.array(labels, np.int64)]),
        classes=classes,
        leaves=first.leaves + more.leaves,
        names=first.names + more.names,
        parts=(*first.parts, *("train",) * len(more)) if first.parts else (),
    )


def _write_decisions(path: Path, made: Sequence[Decision]) -> None:
    rows = [_COLUMNS]
    rows += [
        (
            each.photo,
            each.action,
            each.class_name or "",
            each.same_as or "",
            each.by,
            each.at,
        )
        for each in made
    ]
    with written_whole(path) as file:
        file.write("".join(map(csv_line, rows)).encode("utf-8", errors="surrogatepass"))
