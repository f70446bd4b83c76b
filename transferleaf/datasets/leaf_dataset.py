"""Labelled leaf photos as one value: where they lie, what they show, and which leaf it is."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.class_folders import FoundPhotos, find_in_class_folders, first_few
from transferleaf.datasets.decoding import ImageSize, Pixels, read_photo
from transferleaf.datasets.labels import parse_label
from transferleaf.datasets.leaf_ids import LeafSource, find_leaf_ids
from transferleaf.datasets.photo_files import composed
from transferleaf.datasets.split_folders import refuse_split_folders
from transferleaf.errors import ConfigError, LeafDatasetError

if TYPE_CHECKING:
    from rich.table import Table

    from transferleaf.datasets.feeding import LabelForm
    from transferleaf.datasets.split import Split


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LeafDataset:
    """Labelled photos of leaves; nothing is read from them before it is needed.

    Attributes:
        paths: Where each photo lies.
        labels: Position in ``classes`` of each photo, shape ``(n_photos,)``, ``int64``, read-only.
        classes: Class names, usually ``Crop___Disease``; each once.
        leaves: The leaf that each photo shows, or ``None`` where unknown.
        origin: Where the photos and the leaf ids come from, for people.
        ignored: Files that lay among the photos and are none.

    Raises:
        LeafDatasetError: The parts do not fit together.
    """

    paths: tuple[Path, ...]
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]
    leaves: tuple[str | None, ...]
    origin: str
    ignored: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        labels = np.array(self.labels)
        labels = labels if labels.size else labels.astype(np.int64)
        _check_labels(labels, len(self.paths), len(self.classes))
        if len(self.leaves) != len(self.paths):
            raise LeafDatasetError(
                "leaves",
                f"number {len(self.leaves)} for {len(self.paths)} photos",
                "give each photo a leaf id or None",
            )
        twice = sorted({name for name in self.classes if self.classes.count(name) > 1})
        if twice:
            raise LeafDatasetError("classes", f"name {first_few(twice)} twice", "name each once")
        labels = labels.astype(np.int64)
        labels.setflags(write=False)
        object.__setattr__(self, "labels", labels)

    @classmethod
    def from_folder(
        cls, root: str | os.PathLike[str], *, leaves: LeafSource = "auto"
    ) -> LeafDataset:
        """Find the photos of ``root/Class/photo.jpg``.

        Args:
            root: A folder with one folder of photos per class, at least two.
            leaves: Where leaf ids come from. ``"auto"`` reads the file names where they tell; a
                path is that of a CSV file with the columns ``file`` (``Class/photo.jpg``) and
                ``leaf``; a mapping gives leaf ids by ``Class/photo.jpg``; ``None`` leaves all
                unknown.

        Returns:
            The photos, in order of class and file name.

        Raises:
            FolderLayoutError: ``root`` has another layout; the message says what it holds.
            LeafMapError: The CSV file or the mapping cannot be used with these photos.
        """
        folder = Path(root)
        refuse_split_folders(folder)
        found = find_in_class_folders(folder)
        names = [composed(path.relative_to(folder).as_posix()) for path in found.paths]
        ids = find_leaf_ids(names, leaves)
        return cls.from_found(found, leaves=ids.leaves, origin=f"{root}; {ids}")

    @staticmethod
    def from_split_folders(root: str | os.PathLike[str], *, leaves: LeafSource = "auto") -> Split:
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
        from transferleaf.datasets.split import split_as_in_folders

        return split_as_in_folders(Path(root), leaves=leaves)

    @classmethod
    def from_found(
        cls, found: FoundPhotos, *, leaves: tuple[str | None, ...], origin: str
    ) -> LeafDataset:
        """Join the photos that an adapter found with the leaf that each of them shows."""
        return cls(
            paths=found.paths,
            labels=np.asarray(found.labels, dtype=np.int64),
            classes=found.classes,
            leaves=leaves,
            origin=origin,
            ignored=found.ignored,
        )

    def __len__(self) -> int:
        return len(self.paths)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LeafDataset):
            return NotImplemented
        return self._parts() == other._parts() and np.array_equal(self.labels, other.labels)

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[object, ...]:
        return (self.paths, self.classes, self.leaves, self.origin, self.ignored)

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

    @property
    def crops(self) -> tuple[str, ...]:
        """The crops that the class names tell, each once, in order of the classes."""
        crops = (parse_label(name).crop for name in self.classes)
        return tuple(dict.fromkeys(crop for crop in crops if crop is not None))

    @property
    def n_leaves(self) -> int:
        """How many different leaves are known."""
        return len(set(self.leaves) - {None})

    @property
    def names(self) -> tuple[str, ...]:
        """Each photo as ``Class/photo.jpg``, the same on all machines."""
        return tuple(composed(f"{path.parent.name}/{path.name}") for path in self.paths)

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
        return LeafDataset(
            paths=tuple(self.paths[index] for index in chosen),
            labels=self.labels[chosen],
            classes=self.classes,
            leaves=tuple(self.leaves[index] for index in chosen),
            origin=self.origin,
        )

    def split(self, *fractions: float, seed: int = 0) -> Split:
        """Divide the photos into parts: by leaf where leaves are known, and class by class.

        Args:
            *fractions: Share of each part; two for train and test, three for train, val and test.
            seed: The same seed gives the same parts.

        Returns:
            The parts, to unpack: ``train, val, test = data.split(0.6, 0.2, 0.2)``.

        Raises:
            ConfigError: The fractions are not above 0 or do not add up to 1.
            SplitError: A class has too few leaves to be in every part.
        """
        from transferleaf.datasets.split import split_by_leaf

        return split_by_leaf(self, fractions, seed=seed)

    def read(self, index: int, image_size: ImageSize | None = None) -> Pixels:
        """Read one photo; see ``read_photo``.

        Returns:
            Pixels, shape ``(height, width, 3)``, ``uint8``, RGB in [0, 255].

        Raises:
            PhotoError: The file cannot be read.
        """
        return read_photo(self.paths[index], image_size)

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
        shown = first_few([path.name for path in self.ignored])
        if len(self.ignored) == 1:
            return f"1 file is no photo: {shown}"
        return f"{len(self.ignored)} files are no photos: {shown}"


def _check_labels(labels: npt.NDArray[Any], photos: int, classes: int) -> None:
    if not np.issubdtype(labels.dtype, np.integer):
        raise LeafDatasetError(
            "labels", f"are {labels.dtype}", "give positions in classes as whole numbers"
        )
    if labels.shape != (photos,):
        raise LeafDatasetError(
            "labels", f"have the shape {labels.shape} for {photos} photos", "give one label each"
        )
    outside = labels[(labels < 0) | (labels >= classes)]
    if outside.size:
        raise LeafDatasetError(
            "labels",
            f"hold {int(outside[0])} for {classes} classes",
            f"labels lie in [0, {classes})",
        )
