"""Photos that a model was trained on, to compare a leaf with: those that are still where they were.

A photo is shown only if its content is what the run has learned from, so that a file that was
replaced since is never taken for an example.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from PIL import Image

from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.datasets.photos.file_content import read_content
from transferleaf.errors import PhotoError, TransferLeafError

_OF_EACH_CLASS = 3
_LONGER_SIDE = 320  # pixels
_REMEMBERED = 256  # pictures, of some 20 kB


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A photo of the training part.

    Attributes:
        path: Where it was.
        sha256: What it held.
    """

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Examples:
    """A few photos of each class.

    Attributes:
        of_class: By class; empty where nothing is known.
    """

    of_class: Mapping[str, Sequence[Example]] = field(default_factory=dict)

    @classmethod
    def of_run(cls, path: Path, classes: Sequence[str]) -> Examples:
        """Find the photos that a run was trained on; none if it is no run, or they are gone.

        Args:
            path: The folder of a run, or a file in it.
            classes: The classes of its model.
        """
        from transferleaf.datasets.manifest import read_manifest
        from transferleaf.runs.config import RunConfig
        from transferleaf.runs.folder import RunFolder, is_run

        run = RunFolder(path if is_run(path) else path.parent)
        if not (is_run(run.path) and run.split.is_file()):
            return cls()
        try:
            root = Path(RunConfig.load(run.config).data)
            rows = [row for row in read_manifest(run.split) if row.part == "train"]
        except TransferLeafError:  # examples are an extra; answers need none of this
            return cls()
        folder = root if root.is_dir() else root.parent
        of_class: dict[str, list[Example]] = {name: [] for name in classes}
        for row in rows:
            if row.class_name in of_class:
                example = Example(path=folder / row.file, sha256=row.sha256)
                of_class[row.class_name].append(example)
        return cls({name: _some(photos) for name, photos in of_class.items()})

    def places(self, class_name: str) -> range:
        """The positions of the photos of a class that may be asked for."""
        return range(len(self.of_class.get(class_name, ())))

    def picture(self, class_name: str, position: int) -> bytes | None:
        """A small JPEG of a photo; ``None`` if it is gone or was changed."""
        photos = self.of_class.get(class_name, ())
        return _picture(photos[position]) if position < len(photos) else None


def _some(photos: Sequence[Example]) -> tuple[Example, ...]:
    """A few photos from everywhere: photos of one leaf lie beside each other."""
    step = max(1, len(photos) // _OF_EACH_CLASS)
    return tuple(photos[::step][:_OF_EACH_CLASS])


@lru_cache(maxsize=_REMEMBERED)
def _picture(example: Example) -> bytes | None:
    try:
        if read_content(example.path).sha256 != example.sha256:
            return None
        photo = Image.fromarray(read_photo(example.path))
    except PhotoError:
        return None
    photo.thumbnail((_LONGER_SIDE, _LONGER_SIDE), Image.Resampling.BILINEAR)
    return jpeg(photo)


def jpeg(photo: Image.Image) -> bytes:
    """Write a picture as a JPEG."""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
