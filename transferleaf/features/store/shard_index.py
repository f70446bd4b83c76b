"""Where the row of each key lies, over all the files of one space."""

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

# A location is one number: the shard's above, the row's in the low bits.
_ROW_BITS = 32
_ROW_MASK = (1 << _ROW_BITS) - 1

# Files whose rows this process has compared with their checksum. Files never change and no two
# have the same name, so once is enough, however many stores are opened.
_checked: set[Path] = set()


class ShardIndex:
    """The keys of one space; about 200 bytes of memory each.

    Other processes add and remove files at any time, so each look begins with the folder's list.
    """

    def __init__(self, folder: Path, kind: RowKind) -> None:
        self._folder = folder
        self._kind = kind
        self._unusable: set[str] = set()
        self._forget()

    def locate(self, keys: Sequence[bytes]) -> NDArray[np.int64]:
        """Find rows whose checksums hold.

        Returns:
            The location of each key's row for ``shards_and_rows``, ``ABSENT`` where there is none.
        """
        self._refresh()
        while True:
            found = (self._locations.get(key, ABSENT) for key in keys)
            locations = np.fromiter(found, np.int64, len(keys))
            used = np.unique(locations[locations != ABSENT] >> _ROW_BITS)
            bad = [number for number in used if not self._is_sound(self._shards[number])]
            if not bad:
                return locations
            # A removed file's keys may have rows in another file, so all are read again.
            self._forget()
            self._refresh()

    def shards_and_rows(
        self, locations: NDArray[np.int64]
    ) -> tuple[list[Shard], NDArray[np.int64], NDArray[np.int64]]:
        """Spell out locations: the shards in use, and for each key which of them and which row."""
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
            return  # removed by another process since the folder was listed
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
        # It may be sound, so it stays: a network drive may be away for a moment.
        message = f"stored features are computed again, as their file cannot be read ({error})"
        warnings.warn(message, FeatureStoreWarning, stacklevel=2)


def shard_names(folder: Path) -> set[str]:
    """List the files of rows in a folder; none where it does not exist or cannot be listed."""
    try:
        return {path.name for path in folder.iterdir() if path.suffix == SHARD_SUFFIX}
    except OSError:
        return set()  # writing there will say what is wrong
