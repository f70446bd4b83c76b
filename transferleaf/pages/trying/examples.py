"""Training photos of a model, for comparison with a leaf.

A photo is only shown if its file still exists and its content is the same as in training.
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
_REMEMBERED = 256  # pictures of about 20 kB


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A photo of the training part.

    Attributes:
        path: Its path in training.
        sha256: Hash of its content in training.
    """

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Examples:
    """A few photos of each class.

    Attributes:
        of_class: Examples by class. Empty if none are known.
    """

    of_class: Mapping[str, Sequence[Example]] = field(default_factory=dict)

    @classmethod
    def of_run(cls, path: Path, classes: Sequence[str]) -> Examples:
        """Find the photos that a run was trained on. None if ``path`` is not a run, or they are
        gone.

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
        except TransferLeafError:  # examples are optional
            return cls()
        folder = root if root.is_dir() else root.parent
        of_class: dict[str, list[Example]] = {name: [] for name in classes}
        for row in rows:
            if row.class_name in of_class:
                example = Example(path=folder / row.file, sha256=row.sha256)
                of_class[row.class_name].append(example)
        return cls({name: _some(photos) for name, photos in of_class.items()})

    def places(self, class_name: str) -> range:
        """Return the numbers of the photos of a class that can be requested."""
        return range(len(self.of_class.get(class_name, ())))

    def picture(self, class_name: str, position: int) -> bytes | None:
        """Return a small JPEG of a photo; ``None`` if it is missing or has changed."""
        photos = self.of_class.get(class_name, ())
        return _picture(photos[position]) if position < len(photos) else None


def _some(photos: Sequence[Example]) -> tuple[Example, ...]:
    """Return a few evenly spaced photos, because neighbours often show the same leaf."""
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
    """Encode a picture as a JPEG."""
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
