"""Labelled leaf photos as an immutable value: paths, labels, and the leaf in each photo."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.consistency import (
    check_classes,
    check_leaves,
    check_number,
    checked_labels,
)
from transferleaf.datasets.labels import parse_label
from transferleaf.datasets.layouts.class_folders import ClassFolders
from transferleaf.datasets.layouts.found import FoundPhotos
from transferleaf.datasets.layouts.split_folders import SplitFolders, refuse_split_folders
from transferleaf.datasets.leaves.leaf_ids import LeafSource, find_leaf_ids
from transferleaf.datasets.photos.decoding import ImageSize, Pixels, read_photo
from transferleaf.datasets.photos.files import composed, named_path
from transferleaf.datasets.photos.leaf_photo import LeafPhoto
from transferleaf.errors import ConfigError
from transferleaf.text.notebook import html_of
from transferleaf.text.wording import counted, first_few

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.table import Table

    from transferleaf.datasets.feeding import LabelForm
    from transferleaf.datasets.parts.split import Split


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LeafDataset:
    """Labelled photos of leaves. A photo is only read when it is needed.

    Attributes:
        paths: Path of each photo.
        labels: Class index of each photo, shape ``(n_photos,)``, ``int64``, read-only.
        classes: Class names, usually ``Crop___Disease``, without duplicates.
        leaves: The leaf in each photo, or ``None`` if unknown.
        origin: The source of the photos and of the leaf ids, as text.
        names: Path of each photo relative to the root, with forward slashes, the same on all
            machines. Default: ``Class/photo.jpg``.
        parts: The published part of each photo, such as ``"train"``. Empty if there are none.
        ignored: Files and folders that were left out. Subsets and splits keep the whole list.

    Raises:
        LeafDatasetError: The attributes do not fit together.
    """

    paths: tuple[Path, ...]
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]
    leaves: tuple[str | None, ...]
    origin: str
    names: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    ignored: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        # Callers may pass texts and lists. Equality and hashing need paths and tuples.
        for part in ("paths", "ignored"):
            object.__setattr__(self, part, tuple(map(_as_path, getattr(self, part))))
        for part in ("classes", "leaves", "names", "parts"):
            object.__setattr__(self, part, tuple(getattr(self, part)))
        photos = len(self.paths)
        labels = checked_labels(self.labels, photos=photos, classes=len(self.classes))
        object.__setattr__(self, "labels", labels)
        if not self.names:
            object.__setattr__(self, "names", _names_by_folder(self.paths))
        for part, given, expected in (
            ("leaves", self.leaves, "give each photo a leaf id or None"),
            ("names", self.names, "give each photo a name, or give none"),
            ("parts", self.parts or self.paths, "give each photo a part, or give none"),
        ):
            check_number(part, given, photos=photos, expected=expected)
        check_classes(self.classes)
        check_leaves(self.leaves)

    @classmethod
    def from_folder(
        cls, root: str | os.PathLike[str], *, leaves: LeafSource = "auto"
    ) -> LeafDataset:
        """Open a folder ``root/Class/photo.jpg``.

        Args:
            root: A folder with one folder of photos per class, at least two.
            leaves: Source of the leaf ids. ``"auto"`` uses the file names if they contain leaf ids.
                ``"near-duplicates"`` also groups photos that look the same. A path is a CSV file
                with the columns ``file`` (``Class/photo.jpg``) and ``leaf``, or PlantVillage's
                ``leaf-map.json``. A dictionary maps ``Class/photo.jpg`` to a leaf id. ``None``
                means that no leaf is known.

        Returns:
            The photos, sorted by class and file name.

        Raises:
            FolderLayoutError: ``root`` has another layout. The message says what it contains.
            LeafMapError: The CSV file or the dictionary does not fit these photos.
        """
        folder = named_path("root", root)
        refuse_split_folders(folder)
        return cls.from_found(ClassFolders().find(folder), leaves=leaves, origin=str(root))

    @classmethod
    def from_split_folders(
        cls, root: str | os.PathLike[str], *, leaves: LeafSource = "auto"
    ) -> Split:
        """Open a folder ``root/{train,val,test}/Class/photo.jpg``, and keep its split.

        Args:
            root: A folder with ``train``, and with ``val`` (or ``valid``, ``validation``) or
                ``test`` or both.
            leaves: As for ``from_folder``. Names begin with the folder: ``train/Class/photo.jpg``.

        Raises:
            FolderLayoutError: ``root`` has another layout.
            ClassMismatchError: A part has a class that ``train`` does not have.
            LeafMapError: The CSV file or the dictionary does not fit these photos.
        """
        found = SplitFolders().find(named_path("root", root))
        return cls.from_found(found, leaves=leaves, origin=str(root)).split()

    @classmethod
    def from_found(cls, found: FoundPhotos, *, leaves: LeafSource, origin: str) -> LeafDataset:
        """Create a data set from the photos that a layout found.

        Args:
            found: The photos.
            leaves: As for ``from_folder``, with the names of ``found``.
            origin: The source of the photos, as text.

        Raises:
            LeafMapError: The CSV file or the dictionary does not fit these photos.
        """
        ids = find_leaf_ids(found, leaves)
        return cls(
            paths=found.paths,
            labels=np.asarray(found.labels, dtype=np.int64),
            classes=found.classes,
            leaves=ids.leaves,
            origin="; ".join([origin, str(ids), *found.notes]),
            names=found.names,
            parts=found.parts,
            ignored=found.ignored,
        )

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> LeafPhoto: ...
    @overload
    def __getitem__(
        self, index: slice | Sequence[int] | npt.NDArray[np.integer[Any]]
    ) -> LeafDataset: ...
    def __getitem__(
        self, index: int | slice | Sequence[int] | npt.NDArray[np.integer[Any]]
    ) -> LeafPhoto | LeafDataset:
        """Return one photo for an index, or a data set for a slice or a list of indices."""
        if isinstance(index, slice):
            return self.subset(np.arange(len(self))[index])
        if not isinstance(index, (int, np.integer)):
            return self.subset(index)
        path = self.paths[index]  # loops end at an IndexError
        label = int(self.labels[index])
        return LeafPhoto(
            path=path,
            name=self.names[index],
            label=label,
            class_name=self.classes[label],
            leaf=self.leaves[index],
            part=self.parts[index] if self.parts else None,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LeafDataset):
            return NotImplemented
        return self._parts() == other._parts() and np.array_equal(self.labels, other.labels)

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[object, ...]:
        return tuple(getattr(self, field.name) for field in fields(self) if field.name != "labels")

    def __repr__(self) -> str:
        parts = [f"{len(self):,} photos", f"{len(self.classes)} classes"]
        if self.crops:
            parts.append(f"{len(self.crops)} crops")
        if self.n_leaves:
            parts.append(f"{self.n_leaves:,} leaves")
        if self.ignored:
            parts.append(self._ignored_note())
        return f"LeafDataset({', '.join(parts)}, from {self.origin})"

    def __rich__(self) -> Table:
        return self.table()

    def _repr_html_(self) -> str:
        return html_of(self.table())

    @property
    def crops(self) -> tuple[str, ...]:
        """The crops in the class names, without duplicates, in the order of the classes."""
        crops = (parse_label(name).crop for name in self.classes)
        return tuple(dict.fromkeys(crop for crop in crops if crop is not None))

    @property
    def n_leaves(self) -> int:
        """Number of known leaves."""
        return len(set(self.leaves) - {None})

    def class_counts(self) -> dict[str, int]:
        """Return the number of photos of each class, in the order of ``classes``."""
        counts = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, counts.tolist(), strict=True))

    def subset(self, indices: Sequence[int] | npt.NDArray[np.integer[Any]]) -> LeafDataset:
        """Return a data set of some photos, in the order of ``indices``, with all classes.

        Raises:
            ConfigError: An index is out of range.
        """
        chosen = np.asarray(indices)
        chosen = chosen if chosen.size else chosen.astype(np.int64)
        if not np.issubdtype(chosen.dtype, np.integer) or chosen.ndim != 1:
            raise ConfigError("indices", indices, "be a list of whole numbers")
        if ((chosen < 0) | (chosen >= len(self))).any():
            raise ConfigError("indices", indices, f"be in [0, {len(self)})")
        return replace(
            self,
            paths=tuple(self.paths[index] for index in chosen),
            labels=self.labels[chosen],
            leaves=tuple(self.leaves[index] for index in chosen),
            names=tuple(self.names[index] for index in chosen),
            parts=tuple(self.parts[index] for index in chosen if self.parts),
        )

    def pooled(self) -> LeafDataset:
        """Return the data set without its published parts, so that ``split`` can make new ones."""
        return replace(self, parts=())

    def with_leaves(self, source: LeafSource) -> LeafDataset:
        """Return the data set with leaf ids from another source.

        Args:
            source: As for ``from_folder``. ``"near-duplicates"`` keeps the known leaves and adds
                others.

        Raises:
            LeafMapError: The file or the dictionary does not fit these photos.
        """
        kept = source == "near-duplicates" and self.n_leaves > 0
        found = FoundPhotos(
            classes=self.classes,
            paths=self.paths,
            names=self.names,
            labels=tuple(self.labels.tolist()),
            leaves=self.leaves if kept else (),
            told_by={"known before": len(self) - self.leaves.count(None)} if kept else {},
        )
        ids = find_leaf_ids(found, source)
        return replace(self, leaves=ids.leaves, origin=f"{self.origin}; {ids}")

    def split(self, *fractions: float, seed: int = 0) -> Split:
        """Split the photos, stratified by class. All photos of a known leaf are in the same part.

        Args:
            *fractions: The fraction of each part: two for train and test, three for train, val and
                test. Without fractions, the published parts are kept, in the order train, val,
                test; ``pooled()`` removes them.
            seed: Random seed. The same seed gives the same parts.

        Returns:
            The parts, for unpacking: ``train, val, test = data.split(0.6, 0.2, 0.2)``.

        Raises:
            ConfigError: A fraction is not above 0, the sum is not 1, there are no fractions and no
                published parts, or there are both.
            SplitError: A class has fewer leaves than there are parts.
        """
        from transferleaf.datasets.parts.split import split_dataset

        return split_dataset(self, fractions, seed=seed)

    def k_fold(self, folds: int = 5, *, seed: int = 0) -> tuple[Split, ...]:
        """Return the splits of a k-fold cross-validation, stratified by class and grouped by leaf.

        Args:
            folds: Number of splits into train and test. Each photo is in exactly one test part.
            seed: Random seed. The same seed gives the same folds.

        Raises:
            ConfigError: ``folds`` is below 2, or there are published parts; ``pooled()`` removes
                them.
            SplitError: A class has fewer leaves than there are folds.
        """
        from transferleaf.datasets.parts.folds import folds_by_leaf

        return folds_by_leaf(self, folds, seed=seed)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a manifest of the photos, with their parts if there are any; see ``Split.save``.

        Raises:
            ManifestError: Two photos have the same name, a photo cannot be read, or the file cannot
                be written.
        """
        from transferleaf.datasets.manifest import write_manifest

        write_manifest(Path(path), self, self.parts or ("",) * len(self))

    def read(self, index: int, image_size: ImageSize | None = None) -> Pixels:
        """Read one photo; see ``read_photo``.

        Returns:
            Pixels, shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

        Raises:
            PhotoError: The file cannot be read.
        """
        return read_photo(self.paths[index], image_size)

    def show(self, photos: int = 12, *, columns: int = 6, seed: int = 0) -> Figure:
        """Draw a grid of photos with their classes. A notebook displays the figure.

        Args:
            photos: Maximum number of photos. They are taken from each class in turn.
            columns: Photos per row.
            seed: Random seed for choosing photos.

        Raises:
            ConfigError: ``photos`` or ``columns`` is below 1.
        """
        from transferleaf.datasets.photos.photo_grid import photo_grid

        return photo_grid(self, photos, columns=columns, seed=seed)

    def to_tf_dataset(
        self,
        image_size: ImageSize,
        *,
        batch_size: int = 32,
        shuffle_seed: int | None = None,
        labels: LabelForm = "sparse",
    ) -> Any:
        """Return the photos as batches of a ``tf.data.Dataset``.

        Args:
            image_size: Height and width, in pixels, or one number for both.
            batch_size: Number of photos per batch.
            shuffle_seed: Random seed for shuffling. ``None`` keeps the order.
            labels: ``"sparse"`` for class indices, ``"one-hot"`` for vectors.

        Returns:
            Batches of images, ``(batch, height, width, 3)``, ``uint8``, RGB in [0, 255], and
            labels.
        """
        from transferleaf.datasets.feeding import feed

        return feed(
            self, image_size, batch_size=batch_size, shuffle_seed=shuffle_seed, labels=labels
        )

    def fingerprint(self) -> str:
        """Return a SHA-256 hash of the classes, the names of the photos and the labels.

        It does not depend on the location of the folder or on the content of the files.
        """
        facts: Mapping[str, object] = {
            "classes": self.classes,
            "names": self.names,
            "labels": self.labels.tolist(),
        }
        # ASCII output, because names may be invalid Unicode.
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode("ascii")).hexdigest()

    def table(self) -> Table:
        """Return a table of the photos and known leaves of each class."""
        from transferleaf.datasets.tables import class_table

        note = f". {self._ignored_note()}" if self.ignored else ""
        return class_table(self, caption=f"From {self.origin}{note}")

    def _ignored_note(self) -> str:
        shown = first_few(f"{path.parent.name}/{path.name}" for path in self.ignored)
        return f"{counted(len(self.ignored), 'file')} left out: {shown}"


def _as_path(path: str | os.PathLike[str]) -> Path:
    # Path() is slow, and this runs for all photos of each subset.
    return path if isinstance(path, Path) else Path(path)


def _names_by_folder(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(composed(f"{path.parent.name}/{path.name}") for path in paths)
