"""Labelled leaf photos as one value: where they lie, what they show, and which leaf it is."""

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
from transferleaf.datasets.leaves.leaf_ids import LeafSource, find_leaf_ids, find_leaf_ids_again
from transferleaf.datasets.photos.decoding import ImageSize, Pixels, read_photo
from transferleaf.datasets.photos.files import composed, named_path
from transferleaf.datasets.photos.leaf_photo import LeafPhoto
from transferleaf.errors import ConfigError
from transferleaf.notebook import html_of
from transferleaf.wording import counted, first_few

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.table import Table

    from transferleaf.datasets.feeding import LabelForm
    from transferleaf.datasets.parts.split import Split


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LeafDataset:
    """Labelled photos of leaves; nothing is read from them before it is needed.

    Attributes:
        paths: Where each photo lies.
        labels: Position in ``classes`` of each photo, shape ``(n_photos,)``, ``int64``, read-only.
        classes: Class names, usually ``Crop___Disease``; each once.
        leaves: The leaf that each photo shows, or ``None`` where unknown.
        origin: Where the photos and the leaf ids come from, for people.
        names: Each photo's place below the data set's root, with forward slashes, the same on all
            machines; ``Class/photo.jpg`` where none are given.
        parts: The publisher's part of each photo, such as ``"train"``; empty where there are none.
        ignored: Files and folders that lie among the photos and were left out; all parts of a data
            set have those of the whole.

    Raises:
        LeafDatasetError: The parts do not fit together.
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
        # Texts and lists are what people have; equality and hashing need paths and tuples.
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
        """Find the photos of ``root/Class/photo.jpg``.

        Args:
            root: A folder with one folder of photos per class, at least two.
            leaves: Where leaf ids come from. ``"auto"`` reads the file names where they tell;
                ``"near-duplicates"`` also reads the photos and puts those together that look the
                same and whose names tell nothing; a path is that of a CSV file with the columns
                ``file`` (``Class/photo.jpg``) and ``leaf``, or of PlantVillage's
                ``leaf-map.json``; a mapping gives leaf ids by ``Class/photo.jpg``; ``None`` leaves
                all unknown.

        Returns:
            The photos, in order of class and file name.

        Raises:
            FolderLayoutError: ``root`` has another layout; the message says what it holds.
            LeafMapError: The CSV file or the mapping cannot be used with these photos.
        """
        folder = named_path("root", root)
        refuse_split_folders(folder)
        return cls.from_found(ClassFolders().find(folder), leaves=leaves, origin=str(root))

    @classmethod
    def from_split_folders(
        cls, root: str | os.PathLike[str], *, leaves: LeafSource = "auto"
    ) -> Split:
        """Find the photos of ``root/{train,val,test}/Class/photo.jpg``, keeping that split.

        Args:
            root: A folder that holds ``train`` and ``val`` (or ``valid``, ``validation``) or
                ``test`` or both.
            leaves: As for ``from_folder``; names begin with the folder, ``train/Class/photo.jpg``.

        Raises:
            FolderLayoutError: ``root`` has another layout.
            ClassMismatchError: A part has a class that ``train`` lacks.
            LeafMapError: The CSV file or the mapping cannot be used with these photos.
        """
        found = SplitFolders().find(named_path("root", root))
        return cls.from_found(found, leaves=leaves, origin=str(root)).split()

    @classmethod
    def from_found(cls, found: FoundPhotos, *, leaves: LeafSource, origin: str) -> LeafDataset:
        """Join the photos that a layout found with the leaf that each of them shows.

        Args:
            found: The photos.
            leaves: As for ``from_folder``; names are those of ``found``.
            origin: Where the photos come from, for people.

        Raises:
            LeafMapError: The CSV file or the mapping cannot be used with these photos.
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
        """Return one photo, or a data set of some; as in a list, -1 is the last."""
        if isinstance(index, slice):
            return self.subset(np.arange(len(self))[index])
        if not isinstance(index, (int, np.integer)):
            return self.subset(index)
        path = self.paths[index]  # an IndexError ends a loop
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
        """The crops that the class names tell, each once, in order of the classes."""
        crops = (parse_label(name).crop for name in self.classes)
        return tuple(dict.fromkeys(crop for crop in crops if crop is not None))

    @property
    def n_leaves(self) -> int:
        """How many different leaves are known."""
        return len(set(self.leaves) - {None})

    def class_counts(self) -> dict[str, int]:
        """Count the photos of each class, in order of ``classes``."""
        counts = np.bincount(self.labels, minlength=len(self.classes))
        return dict(zip(self.classes, counts.tolist(), strict=True))

    def subset(self, indices: Sequence[int] | npt.NDArray[np.integer[Any]]) -> LeafDataset:
        """Take some photos, in the order of ``indices``, and keep all classes.

        Raises:
            ConfigError: An index is not that of a photo.
        """
        chosen = np.asarray(indices)
        chosen = chosen if chosen.size else chosen.astype(np.int64)
        if not np.issubdtype(chosen.dtype, np.integer) or chosen.ndim != 1:
            raise ConfigError("indices", indices, "be a list of whole numbers")
        if ((chosen < 0) | (chosen >= len(self))).any():
            raise ConfigError("indices", indices, f"lie in [0, {len(self)})")
        return replace(
            self,
            paths=tuple(self.paths[index] for index in chosen),
            labels=self.labels[chosen],
            leaves=tuple(self.leaves[index] for index in chosen),
            names=tuple(self.names[index] for index in chosen),
            parts=tuple(self.parts[index] for index in chosen if self.parts),
        )

    def pooled(self) -> LeafDataset:
        """Forget the publisher's parts, so that ``split`` may draw others."""
        return replace(self, parts=())

    def with_leaves(self, source: LeafSource) -> LeafDataset:
        """Tell the leaves anew, without looking for the photos again.

        Args:
            source: As for ``from_folder``. ``"near-duplicates"`` keeps the leaves that are known
                and tells the others.

        Raises:
            LeafMapError: The file or the mapping cannot be used with these photos.
        """
        ids = find_leaf_ids_again(self, source)
        return replace(self, leaves=ids.leaves, origin=f"{self.origin}; {ids}")

    def split(self, *fractions: float, seed: int = 0) -> Split:
        """Divide the photos into parts: by leaf where leaves are known, and class by class.

        Args:
            *fractions: Share of each part; two for train and test, three for train, val and test.
                None keeps the parts that the publisher made, train, val and test in this order;
                ``pooled()`` forgets those.
            seed: The same seed gives the same parts.

        Returns:
            The parts, to unpack: ``train, val, test = data.split(0.6, 0.2, 0.2)``.

        Raises:
            ConfigError: The fractions are not above 0 or do not add up to 1, there are none and
                the data set has no parts, or both are there.
            SplitError: A class has too few leaves to be in every part.
        """
        from transferleaf.datasets.parts.split import split_dataset

        return split_dataset(self, fractions, seed=seed)

    def k_fold(self, folds: int = 5, *, seed: int = 0) -> tuple[Split, ...]:
        """Divide the photos for cross-validation: by leaf where known, and class by class.

        Args:
            folds: Number of splits into train and test; each photo is tested in exactly one.
            seed: The same seed gives the same folds.

        Raises:
            ConfigError: ``folds`` is below 2, or the data set has parts; ``pooled()`` forgets them.
            SplitError: A class has fewer leaves than there are folds.
        """
        from transferleaf.datasets.parts.folds import folds_by_leaf

        return folds_by_leaf(self, folds, seed=seed)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a manifest of the photos, with their parts if there are any; see ``Split.save``.

        Raises:
            ManifestError: Two photos have one name, a photo cannot be read, or the file cannot
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
        """Draw some photos in a grid, each under its class; a notebook shows the figure.

        Args:
            photos: How many, at most; one of each class in turn.
            columns: Photos in a row.
            seed: Chooses which.

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
        """Feed the photos to TensorFlow; see ``feed``.

        Returns:
            A ``tf.data.Dataset`` of batches of images, ``(batch, height, width, 3)``, ``uint8``,
            RGB in [0, 255], and labels.
        """
        from transferleaf.datasets.feeding import feed

        return feed(
            self, image_size, batch_size=batch_size, shuffle_seed=shuffle_seed, labels=labels
        )

    def fingerprint(self) -> str:
        """Name this selection of photos: SHA-256 over classes, photo names and labels.

        It does not depend on where the folder lies, nor on what is in the files.
        """
        facts: Mapping[str, object] = {
            "classes": self.classes,
            "names": self.names,
            "labels": self.labels.tolist(),
        }
        # ASCII output: a name that is no valid Unicode still has a representation.
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode("ascii")).hexdigest()

    def table(self) -> Table:
        """Show how many photos, and how many known leaves, each class has."""
        from transferleaf.datasets.tables import class_table

        note = f". {self._ignored_note()}" if self.ignored else ""
        return class_table(self, caption=f"From {self.origin}{note}")

    def _ignored_note(self) -> str:
        shown = first_few(f"{path.parent.name}/{path.name}" for path in self.ignored)
        return f"{counted(len(self.ignored), 'file')} left out: {shown}"


def _as_path(path: str | os.PathLike[str]) -> Path:
    # Path() of a path takes a microsecond, and all photos come by here at each subset.
    return path if isinstance(path, Path) else Path(path)


def _names_by_folder(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(composed(f"{path.parent.name}/{path.name}") for path in paths)
