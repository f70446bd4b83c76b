"""Photos of a part as files of this machine, for as long as they are looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from transferleaf.scaling.places import Place, filesystem, local_path

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
def fetched(places: Sequence[Place]) -> Iterator[FetchedPhotos]:
    """Bring photos into files, which are gone after the block; local ones stay where they are."""
    with tempfile.TemporaryDirectory(prefix="transferleaf-") as folder:
        paths = tuple(
            _path_here(place) or Path(folder, str(position))
            for position, place in enumerate(places)
        )
        remote = [row for row, place in enumerate(places) if _path_here(place) is None]
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="transferleaf-fetch") as pool:
            found = pool.map(
                _fetch, [places[row] for row in remote], [paths[row] for row in remote]
            )
            reasons = {row: reason for row, reason in zip(remote, found, strict=True) if reason}
        yield FetchedPhotos(paths, reasons)


def _path_here(place: Place) -> Path | None:
    """Where a photo lies on this machine, if it may be opened there."""
    return None if place.shut else local_path(place.address)


def _fetch(place: Place, path: Path) -> str | None:
    """Write a photo to ``path``; say why it cannot be had, if so."""
    if place.shut:
        return place.shut
    try:
        if place.content is not None:
            path.write_bytes(place.content)
        else:
            system, remote = filesystem(place.address)
            system.get_file(remote, str(path))
    except FileNotFoundError:
        return "there is no such file."
    except PermissionError:
        return "you may not read it."
    except Exception as error:  # each store fails in ways of its own
        told = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        return f"it cannot be fetched ({told})."
    return None
