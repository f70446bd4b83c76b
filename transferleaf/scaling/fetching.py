"""Photos of a part as files of this machine, for as long as they are looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from transferleaf.scaling.photo_locations import PhotoLocation, filesystem, local_path

# Fetching waits for the network, not for a core.
_THREADS = 16


@dataclass(frozen=True, slots=True)
class FetchedPhotos:
    """Files that hold the photos of a part.

    Attributes:
        paths: One for each photo, in order; that of a photo that could not be had does not exist.
        reasons: Why photos could not be had, by position.
    """

    paths: tuple[Path, ...]
    reasons: dict[int, str]


@contextmanager
def fetched(locations: Sequence[PhotoLocation]) -> Iterator[FetchedPhotos]:
    """Bring photos into files, which are gone after the block; local ones stay where they are."""
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
    """Where a photo lies on this machine, if it may be opened there."""
    return None if location.shut else local_path(location.address)


def _fetch(location: PhotoLocation, path: Path) -> str | None:
    """Write a photo to ``path``; say why it cannot be had, if so."""
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
        return "you may not read it."
    except Exception as error:  # each store fails in ways of its own
        told = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        return f"it cannot be fetched ({told})."
    return None
