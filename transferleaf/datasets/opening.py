"""Open labelled photos in any layout, and report which layout was recognised."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from transferleaf.datasets.layouts import LAYOUTS
from transferleaf.datasets.layouts.class_folders import ClassFolders
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Layout
from transferleaf.datasets.layouts.new_plant_diseases import NewPlantDiseases
from transferleaf.datasets.layouts.split_folders import SplitFolders, refuse_split_folders
from transferleaf.datasets.layouts.tables.table import Table, table_files
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.datasets.leaves.leaf_ids import LeafSource
from transferleaf.datasets.photos.files import is_folder, named_path
from transferleaf.errors import ConfigError, DataError, FolderLayoutError, TableError


def open_leaves(
    path: str | os.PathLike[str],
    *,
    layout: str | Layout | None = None,
    leaves: LeafSource = "auto",
) -> LeafDataset:
    """Open a folder or a table of labelled photos. The layout is recognised.

    Args:
        path: A folder, or a file that lists photos.
        layout: Name of a layout, or your own ``Layout``. Default: recognise it.
        leaves: Source of the leaf ids; see ``LeafDataset.from_folder``.

    Returns:
        The photos. ``origin`` names the layout, the reason, and other possible layouts.

    Raises:
        FolderLayoutError: No layout is recognised, or the folder does not follow it. The message
            says what was found.
        DataError: The photos are not as the layout lists them.
        ConfigError: ``path`` is empty, ``layout`` is not a layout, or ``leaves`` is not a source.
        LeafMapError: A map of leaf ids does not fit these photos.
    """
    root = named_path("path", path)
    if layout is not None:
        chosen = _given(layout)
        origin = f"{root}, read as {chosen.name} (as asked)"
        return LeafDataset.from_found(chosen.find(root), leaves=leaves, origin=origin)
    choice = _choose(root)
    if choice is None:
        return LeafDataset.from_found(_class_folders(root), leaves=leaves, origin=str(root))
    origin = f"{root}, read as {choice}"
    return LeafDataset.from_found(choice.layout.find(root), leaves=leaves, origin=origin)


# Pairs of layouts that find the same photos or fewer, so the message does not offer the second one.
_GENERAL_CASE_OF = {NewPlantDiseases.name: SplitFolders.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    layout: Layout
    reason: str
    alternatives: tuple[str, ...]

    def __str__(self) -> str:
        others = "; or as ".join(f"{name}: layout={name!r}" for name in self.alternatives)
        could = f"; it could also be read as {others}" if others else ""
        return f"{self.layout.name} ({self.reason}){could}"


def _given(layout: str | Layout) -> Layout:
    by_name = {known.name: known for known in LAYOUTS}
    if isinstance(layout, str) and layout in by_name:
        return by_name[layout]
    # A class such as Table also has the methods of a Layout, but only the instance Table() works.
    if isinstance(layout, (str, type)) or not isinstance(layout, Layout):
        raise ConfigError("layout", layout, f"be a Layout or one of {list(by_name)}")
    return layout


def _choose(root: Path) -> _Choice | None:
    """Return the first layout that is sure, or otherwise the first that recognises ``root``."""
    seen = [(layout, layout.recognise(root)) for layout in LAYOUTS]
    recognised = [(layout, why) for layout, why in seen if why is not None]
    candidates = [(layout, why) for layout, why in recognised if why.sure] or recognised
    if not candidates:
        return None
    layout, why = candidates[0]
    others = [other.name for other, _ in candidates[1:]]
    told = tuple(name for name in others if name != _GENERAL_CASE_OF.get(layout.name))
    return _Choice(layout=layout, reason=why.reason, alternatives=told)


def _class_folders(root: Path) -> FoundPhotos:
    """Read class folders, or raise an error that describes the content and the layouts."""
    try:
        refuse_split_folders(root)
        return ClassFolders().find(root)
    except FolderLayoutError as near:
        if not is_folder(root):
            raise
        found, expected = near.found, near.expected
        table = _table_that_fails(near.root) if near.root == root else None
        if table is not None:
            expected = f"{table.expected} Read by its folders, it {found}; {expected}"
            found = f"has a table that cannot be used: {table.path.name!r} {table.found}"
        # The most general layouts come first, unlike in the recognition.
        pictures = "".join(f"\n  {layout.name}: {layout.picture}" for layout in reversed(LAYOUTS))
        expected = f"{expected} Layouts that can be read:{pictures}"
        raise FolderLayoutError(near.root, found, expected) from None


def _table_that_fails(root: Path) -> TableError | None:
    """Return the error of the first table that exists but was not recognised."""
    for table in table_files(root):
        try:
            Table().find(table)
        except TableError as error:
            return error
        except DataError:
            continue
    return None
