"""Temporary local copies of the photos of a part."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from transferleaf.scaling.photo_locations import PhotoLocation, filesystem, local_path

# More threads than cores, because they wait for the network.
_THREADS = 16


@dataclass(frozen=True, slots=True)
class FetchedPhotos:
    """Files with the photos of a part.

    Attributes:
        paths: One path per photo, in order. For a photo that is not available, it does not exist.
        reasons: Why photos are not available, by index.
    """

    paths: tuple[Path, ...]
    reasons: dict[int, str]


@contextmanager
def fetched(locations: Sequence[PhotoLocation]) -> Iterator[FetchedPhotos]:
    """Copy remote photos to temporary files for the block. Local photos stay where they are."""
    with tempfile.TemporaryDirectory(prefix="transferleaf-") as folder:
        paths = tuple(
            _path_here(location) or Path(folder, str(position))
            for position, location in enumerate(locations)
        )
        remote = [row for row, location in enumerate(locations) if _path_here(location) is None]
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="transferleaf-fetch") as pool:
            found = pool.map(
                _fetch, [locations[row] for row in remote], [paths[row] for row in remote]
            )
            reasons = {row: reason for row, reason in zip(remote, found, strict=True) if reason}
        yield FetchedPhotos(paths, reasons)


def _path_here(location: PhotoLocation) -> Path | None:
    """Return the local path of a photo, if it may be opened there."""
    return None if location.shut else local_path(location.address)


def _fetch(location: PhotoLocation, path: Path) -> str | None:
    """Write a photo to ``path``, and return the reason if that fails."""
    if location.shut:
        return location.shut
    try:
        if location.content is not None:
            path.write_bytes(location.content)
        else:
            system, remote = filesystem(location.address)
            system.get_file(remote, str(path))
    except FileNotFoundError:
        return "there is no such file."
    except PermissionError:
        return "you do not have permission to read it."
    except Exception as error:  # storage systems raise various exceptions
        told = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        return f"it cannot be fetched ({told})."
    return None
