"""The layout of a Hugging Face ``imagefolder`` with labels in a metadata file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.layout import Recognition
from transferleaf.datasets.layouts.part_folders import part_named
from transferleaf.datasets.layouts.tables.columns import (
    METADATA_FILES,
    METADATA_PATH,
    ColumnNames,
    find_columns,
    is_metadata,
)
from transferleaf.datasets.layouts.tables.files import TableRows, read_table
from transferleaf.datasets.layouts.tables.listed_photos import ListedPhoto, gather
from transferleaf.datasets.layouts.tables.table import find_listed, listed_photos
from transferleaf.datasets.photos.files import is_folder, list_folder
from transferleaf.errors import DataError, FolderLayoutError, MissingExtraError, TableError
from transferleaf.text.wording import first_few

_NAMED = ColumnNames(path=METADATA_PATH)


class HuggingFaceMetadata:
    """Photos with a metadata file, in the root or in a folder for each part.

    The file has a column ``file_name``, relative to its folder, and a column for the class.
    """

    name = "hugging face metadata"
    picture = "root/metadata.csv with the columns file_name and label, photos next to it"

    def recognise(self, root: Path) -> Recognition | None:
        """Recognise a metadata file with a column ``file_name``, in the root or in the parts."""
        files = _metadata_files(root) if is_folder(root) else []
        names = first_few(file.relative_to(root).as_posix() for file in files)
        try:
            if not files or not all(_names_files(file) for file in files):
                return None
        except MissingExtraError:
            return Recognition(reason=f"{names} cannot be read without pyarrow", sure=False)
        return Recognition(reason=f"{names} has a column 'file_name'", sure=True)

    def find(self, root: Path) -> FoundPhotos:
        """Find the photos that the metadata lists, sorted by part, class and name.

        Raises:
            FolderLayoutError: ``root`` contains no metadata, or one folder contains several
                metadata files.
            TableError: The metadata is damaged, lists no photos or no classes, or lists missing
                photos.
            ClassMismatchError: A part has a class that ``train`` does not have.
            MissingExtraError: The file is Parquet, and pyarrow is not installed.
        """
        files = _metadata_files(root)
        if not files:
            expected = f"it needs one of {first_few(METADATA_FILES)}, at its root or in each part."
            raise FolderLayoutError(root, "contains no metadata", expected)
        _check_one_each(root, files)
        if files[0].parent == root:
            return find_listed(_read(files[0]), _NAMED)
        photos = [photo for file in files for photo in _of_part(root, _read(file))]
        return gather(root, photos, leaves_from="column of the metadata")


def _metadata_files(root: Path) -> list[Path]:
    """Find the metadata files in the folders of the parts, or otherwise in the root."""
    parts = [folder for folder in list_folder(root).folders if part_named(folder.name)]
    inside = [file for folder in parts for file in _metadata_in(folder)]
    return inside or _metadata_in(root)


def _metadata_in(folder: Path) -> list[Path]:
    return [file for file in list_folder(folder).others if file.name in METADATA_FILES]


def _names_files(file: Path) -> bool:
    try:
        return is_metadata(read_table(file, limit=1))
    except DataError:
        return False


def _check_one_each(root: Path, files: list[Path]) -> None:
    folders = [file.parent for file in files]
    if len(set(folders)) < len(files):
        names = first_few(file.relative_to(root).as_posix() for file in files)
        raise FolderLayoutError(
            root, f"contains several metadata files: {names}", "keep one in each folder."
        )


def _read(file: Path) -> TableRows:
    table = read_table(file)
    if not is_metadata(table):
        raise TableError(
            file,
            f"has the columns {list(table.columns)}",
            "it needs a column file_name with paths relative to this file.",
        )
    return table


def _of_part(root: Path, table: TableRows) -> list[ListedPhoto]:
    part = part_named(table.path.parent.name)
    photos = listed_photos(table, find_columns(table, _NAMED), root=root)
    return [replace(photo, part=part) for photo in photos]
