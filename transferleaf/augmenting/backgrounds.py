"""Photos of a folder as backgrounds for leaves, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from transferleaf.datasets.photos.files import is_folder, named_path, photos_below
from transferleaf.datasets.photos.reading import read_photos
from transferleaf.errors import BadPhotosError, FolderLayoutError, PhotoError

# Maximum number of photos. It is enough, as each use shows a random part, rotated and mirrored.
_MOST = 150
_SIDE = 384  # pixels, larger than 224 so that a random part can be used
_EXPECTED = "give a folder of background photos, such as photos of fields without leaves."
_REMEDY = "Repair these files or take them out of the folder of backgrounds."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BackgroundPhotos:
    """Background photos.

    Attributes:
        pixels: Each of shape ``(384, 384, 3)``, RGB in [0, 255].
        digest: Hash of their content.
    """

    pixels: tuple[npt.NDArray[np.uint8], ...] = ()
    digest: str = ""


def read_backgrounds(folder: str | None) -> BackgroundPhotos:
    """Read the photos below a folder. Of more than 150, an evenly spaced selection by name is read.

    Args:
        folder: The folder. ``None`` for no photos.

    Raises:
        FolderLayoutError: The folder does not exist or has no photos.
        BadPhotosError: Photos cannot be read.
    """
    if folder is None:
        return BackgroundPhotos()
    root = named_path("backgrounds", folder)
    if not is_folder(root):
        raise FolderLayoutError(root, "is not a folder", _EXPECTED)
    paths = sorted(photos_below(root))
    if not paths:
        raise FolderLayoutError(root, "contains no photos", _EXPECTED)
    chosen = [paths[at * len(paths) // _MOST] for at in range(_MOST)]
    stamps = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in chosen)
    return _read(tuple(dict.fromkeys(stamps)))


# Cached, because each batch of a fit needs the photos.
@lru_cache(maxsize=2)
def _read(stamps: tuple[tuple[Path, int, int], ...]) -> BackgroundPhotos:
    errors: dict[int, PhotoError] = {}
    batches = read_photos([path for path, _, _ in stamps], _SIDE, errors=errors)
    pixels = tuple(photo for batch in batches for photo in batch)
    if errors:
        raise BadPhotosError(list(errors.values()), photos=len(stamps), remedy=_REMEDY)
    digest = blake2b(digest_size=16)
    for photo in pixels:
        photo.setflags(write=False)
        digest.update(photo.tobytes())
    return BackgroundPhotos(pixels=pixels, digest=digest.hexdigest())
