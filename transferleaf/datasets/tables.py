"""Data sets and their parts as tables for the terminal."""

from __future__ import annotations

import numpy as np
from rich.table import Table
from rich.text import Text

from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.parts.leaks import LeakReport
from transferleaf.datasets.parts.split import Split
from transferleaf.text.terminal import from_strangers
from transferleaf.text.wording import counted


def class_table(data: LeafDataset, *, caption: str) -> Table:
    """Return a table of the photos and the known leaves of each class."""
    table = _table(caption, "photos", "leaves")
    leaves = _leaves_by_class(data)
    for name, photos in data.class_counts().items():
        table.add_row(from_strangers(name), f"{photos:,}", _count_or_unknown(leaves[name]))
    table.add_section()
    table.add_row("all", f"{len(data):,}", _count_or_unknown(data.n_leaves))
    return table


def split_table(split: Split) -> Table:
    """Return a table of the photos per class and part, with fractions, known leaves and leaks.

    For a drawn split, the caption also contains the leaks of a split that ignores leaves.
    """
    naive = split.leaks_of_naive_split() if split.seed is not None and _knows(split) else None
    table = _table(_leak_note(split, naive), *split.names)
    counts = np.array([list(part.class_counts().values()) for part in split])
    for name, photos in zip(split[0].classes, counts.T, strict=True):
        table.add_row(from_strangers(name), *(f"{count:,}" for count in photos))
    table.add_section()
    table.add_row("all", *(f"{len(part):,}" for part in split))
    table.add_row("share", *(f"{share:.1%}" for share in split.realised_fractions()))
    table.add_row("leaves", *(_count_or_unknown(part.n_leaves) for part in split))
    if _knows(split):
        table.add_row("leaked", *_leak_cells(split.leaks()))
    if naive is not None:
        table.add_row("leaked by photo", *_leak_cells(naive))
    return table


def _knows(split: Split) -> bool:
    return any(part.n_leaves for part in split)


def _leak_cells(leaks: LeakReport) -> list[str]:
    return ["", *(f"{photos:,}" for photos in leaks.by_part[1:])]


def _leak_note(split: Split, naive: LeakReport | None) -> str:
    first, last = split.names[0], split.names[-1]
    if not _knows(split):
        return f"The leaves are unknown, so photos of one leaf may be in both {first} and {last}."
    unknown = sum(part.leaves.count(None) for part in split)
    not_counted = f" The leaf of {counted(unknown, 'photo')} is unknown." if unknown else ""
    if naive is None:
        return f"Published split: {split.leaks()}.{not_counted}"
    return f"Split by leaf. In a split by photo: {naive}.{not_counted}"


def _table(caption: str, *columns: str) -> Table:
    # Text instead of str, because brackets in a file name would be interpreted as markup.
    table = Table(caption=Text(caption), caption_justify="left")
    table.add_column("class", overflow="fold")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _leaves_by_class(data: LeafDataset) -> dict[str, int]:
    known: dict[str, set[str]] = {name: set() for name in data.classes}
    for label, leaf in zip(data.labels, data.leaves, strict=True):
        if leaf is not None:
            known[data.classes[label]].add(leaf)
    return {name: len(leaves) for name, leaves in known.items()}


def _count_or_unknown(leaves: int) -> str:
    return f"{leaves:,}" if leaves else "unknown"
