"""The location of the row of each key in the files of a space."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import DamagedCacheFileError
from transferleaf.features.store.damage import FeatureStoreWarning, discard_damaged
from transferleaf.features.store.row_kind import RowKind
from transferleaf.features.store.shard import SHARD_SUFFIX, Shard, check_rows, open_shard

ABSENT = -1

# A location is a number: the shard in the high bits, the row in the low bits.
_ROW_BITS = 32
_ROW_MASK = (1 << _ROW_BITS) - 1

# Files whose checksums this process has compared. Files never change and have unique names, so once
# per process is enough.
_checked: set[Path] = set()


class ShardIndex:
    """The keys of one space, about 200 bytes of memory each.

    Other processes can add and remove files at any time, so each lookup lists the folder first.
    """

    def __init__(self, folder: Path, kind: RowKind) -> None:
        self._folder = folder
        self._kind = kind
        self._unusable: set[str] = set()
        self._forget()

    def locate(self, keys: Sequence[bytes]) -> NDArray[np.int64]:
        """Return the locations of rows with valid checksums.

        Returns:
            The location of the row of each key, for ``shards_and_rows``. ``ABSENT`` if there is
            none.
        """
        self._refresh()
        while True:
            found = (self._locations.get(key, ABSENT) for key in keys)
            locations = np.fromiter(found, np.int64, len(keys))
            used = np.unique(locations[locations != ABSENT] >> _ROW_BITS)
            bad = [number for number in used if not self._is_sound(self._shards[number])]
            if not bad:
                return locations
            # The rows of removed keys may also be in another file, so all keys are read again.
            self._forget()
            self._refresh()

    def shards_and_rows(
        self, locations: NDArray[np.int64]
    ) -> tuple[list[Shard], NDArray[np.int64], NDArray[np.int64]]:
        """Return the used shards, and for each location the shard and the row."""
        used, shard = np.unique(locations >> _ROW_BITS, return_inverse=True)
        return [self._shards[number] for number in used], shard, locations & _ROW_MASK

    def _forget(self) -> None:
        self._names: set[str] = set()
        self._shards: list[Shard] = []
        self._locations: dict[bytes, int] = {}

    def _refresh(self) -> None:
        present = shard_names(self._folder) - self._unusable
        if not self._names <= present:
            self._forget()
        for name in sorted(present - self._names):
            self._add(name)

    def _add(self, name: str) -> None:
        try:
            shard, keys = open_shard(self._folder / name, self._kind)
        except FileNotFoundError:
            return  # removed by another process
        except (DamagedCacheFileError, OSError) as error:
            self._leave_out(name, error)
            return
        first = len(self._shards) << _ROW_BITS
        self._shards.append(shard)
        self._names.add(name)
        for row, key in enumerate(keys):
            self._locations.setdefault(key, first + row)

    def _is_sound(self, shard: Shard) -> bool:
        if shard.path in _checked:
            return True
        try:
            check_rows(shard)
        except FileNotFoundError:
            return False
        except (DamagedCacheFileError, OSError) as error:
            self._leave_out(shard.path.name, error)
            return False
        _checked.add(shard.path)
        return True

    def _leave_out(self, name: str, error: DamagedCacheFileError | OSError) -> None:
        self._unusable.add(name)
        if isinstance(error, DamagedCacheFileError):
            discard_damaged(error)
            return
        # The file stays, because a network drive may be unavailable for a moment.
        message = f"stored features are computed again, as their file cannot be read ({error})"
        warnings.warn(message, FeatureStoreWarning, stacklevel=2)


def shard_names(folder: Path) -> set[str]:
    """Return the row files in a folder, or none if it cannot be listed."""
    try:
        return {path.name for path in folder.iterdir() if path.suffix == SHARD_SUFFIX}
    except OSError:
        return set()  # writing will report the problem
