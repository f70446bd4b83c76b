"""The layout of a folder that TensorFlow Datasets prepared, with photos in record files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.tables.table import Table
from transferleaf.datasets.layouts.tfds_unpacking import FACTS, LIST, import_tfds, unpack
from transferleaf.datasets.photos.files import is_folder, list_folder
from transferleaf.errors import ConfigError, DataError, FolderLayoutError
from transferleaf.text.wording import first_few

if TYPE_CHECKING:
    from transferleaf.datasets.leaf_dataset import LeafDataset
    from transferleaf.datasets.leaves.leaf_ids import LeafSource

# data_dir/name/config/version
_DEPTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TfdsFolder:
    """A data set that TensorFlow Datasets prepared, or a folder above it.

    The photos are unpacked once, with their original bytes.

    Attributes:
        unpack_to: A new or empty folder for the photos. Default: a folder in the cache.
    """

    name = "tensorflow datasets"
    picture = f"root/plant_village/1.0.2/{FACTS[0]}, {FACTS[1]} and record files"

    unpack_to: str | os.PathLike[str] | None = None

    def recognise(self, root: Path) -> Recognition | None:
        """Recognise the metadata files in ``root`` or up to three folders below."""
        try:
            prepared = list(_prepared_folders(root, _DEPTH)) if is_folder(root) else []
        except DataError:
            return None
        if not prepared:
            return None
        held = (
            f"{first_few(_below(root, folder) for folder in prepared)} holds {' and '.join(FACTS)}"
        )
        return Recognition(reason=held, sure=len(prepared) == 1)

    def find(self, root: Path) -> FoundPhotos:
        """Unpack the photos unless this was done before, and find them.

        Names are relative to the unpacked folder, such as ``train/Class/photo.jpg``.

        Raises:
            FolderLayoutError: ``root`` does not contain exactly one prepared data set of photos
                with classes, or its records are damaged; or ``unpack_to`` contains something else.
            TableError: Unpacked photos were removed, or there are fewer than two classes.
            MissingExtraError: The photos are not yet unpacked, and TensorFlow Datasets is not
                installed.
        """
        to = None if self.unpack_to is None else Path(self.unpack_to)
        return Table().find(unpack(_one_prepared(root), to=to) / LIST)


def open_tfds(
    name: str,
    *,
    data_dir: str | os.PathLike[str] | None = None,
    unpack_to: str | os.PathLike[str] | None = None,
    leaves: LeafSource = "auto",
) -> LeafDataset:
    """Open a data set of TensorFlow Datasets, such as ``plant_village``.

    The first call downloads and prepares it, and unpacks its photos.

    Args:
        name: Its name in TensorFlow Datasets, with or without a version, as in
            ``"plant_village:1.0.2"``.
        data_dir: The folder of TensorFlow Datasets. Default: that of TensorFlow Datasets.
        unpack_to: A new or empty folder for the photos. Default: a folder in the cache.
        leaves: Source of the leaf ids; see ``LeafDataset.from_folder``.

    Raises:
        ConfigError: TensorFlow Datasets has no such data set.
        FolderLayoutError: The data set has no photos with one class each, or ``unpack_to`` contains
            something else.
        MissingExtraError: TensorFlow Datasets is not installed.
    """
    # Imported here, because LeafDataset imports the layouts.
    from transferleaf.datasets.leaf_dataset import LeafDataset

    tfds = import_tfds()
    try:
        builder = tfds.builder(name, data_dir=None if data_dir is None else os.fspath(data_dir))
    except tfds.core.DatasetNotFoundError:
        raise ConfigError("name", name, "be a data set of TensorFlow Datasets") from None
    builder.download_and_prepare()
    found = TfdsFolder(unpack_to=unpack_to).find(Path(builder.data_dir))
    origin = f"TensorFlow Datasets, {builder.info.full_name}"
    return LeafDataset.from_found(found, leaves=leaves, origin=origin)


def _prepared_folders(root: Path, depth: int) -> Iterator[Path]:
    listing = list_folder(root)
    if set(FACTS) <= {path.name for path in listing.others}:
        yield root
    elif depth:
        for folder in listing.folders:
            if not folder.name.startswith("incomplete."):  # left by an interrupted preparation
                yield from _prepared_folders(folder, depth - 1)


def _one_prepared(root: Path) -> Path:
    prepared = list(_prepared_folders(root, _DEPTH))
    if len(prepared) != 1:
        names = first_few(_below(root, folder) for folder in prepared)
        held = f"{len(prepared)} data sets that TensorFlow Datasets prepared: {names}"
        raise FolderLayoutError(
            root,
            f"holds {held if prepared else 'no data set that TensorFlow Datasets prepared'}",
            "name one that is prepared, as in data_dir/plant_village/1.0.2.",
        )
    return prepared[0]


def _below(root: Path, folder: Path) -> str:
    return folder.relative_to(root).as_posix()
