"""Writing of new rows: they are collected in memory and written file by file."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self

from transferleaf.errors import ConfigError, FeatureStoreError
from transferleaf.features.store.damage import FeatureStoreWarning
from transferleaf.features.store.row_kind import KIND_FILE, RowKind
from transferleaf.features.store.shard import KEY_BYTES, SHARD_SUFFIX, write_shard

# Large enough for hundreds of files per store, not thousands. Small enough for fine-grained
# eviction, and to lose little if the process is killed.
_SHARD_BYTES = 64_000_000
_SHARD_ROWS = 1024


class SpaceWriter:
    """Adds rows to a space, inside a ``with`` block.

    Leaving the block, also by an exception or Ctrl-C, writes the remaining rows.
    """

    def __init__(
        self,
        folder: Path,
        kind: RowKind,
        *,
        on_shard: Callable[[Path], None],
        on_close: Callable[[], object],
    ) -> None:
        self._folder = folder
        self._kind = kind
        self._on_shard = on_shard
        self._on_close = on_close
        capacity = max(1, min(_SHARD_ROWS, _SHARD_BYTES // kind.row_bytes))
        self._keys = np.empty((capacity, KEY_BYTES), np.uint8)
        self._rows = np.empty((capacity, *kind.shape), kind.stored_dtype)
        self._filled = 0

    def __enter__(self) -> Self:
        # Detects a folder that cannot be written before hours of computing.
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._kind.save(self._folder)
        except OSError as error:
            raise FeatureStoreError(self._folder, _reason(error)) from error
        return self

    def add(self, keys: Sequence[bytes], rows: NDArray[Any]) -> None:
        """Add rows. They are copied, so the array can be reused.

        Args:
            keys: One key per row, 32 bytes each.
            rows: Shape ``(n, *shape)``, of the type of the space or a wider one.

        Raises:
            FeatureStoreError: The disk is full or cannot be written.
            ConfigError: A key has another length, or the rows have another shape.
        """
        keys = checked_keys(keys)
        if rows.shape != (len(keys), *self._kind.shape):
            must = f"have shape {(len(keys), *self._kind.shape)}"
            raise ConfigError("rows", f"shape {rows.shape}", must)
        start = 0
        while start < len(keys):
            start += self._fill(keys[start:], rows[start:])
            if self._filled == len(self._keys):
                self._write()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            # After a full disk, writing would fail again.
            if not isinstance(error, FeatureStoreError):
                self._write()
        except FeatureStoreError as failed:
            if error is None:
                raise
            # The error that ended the block matters more than the failed write.
            warnings.warn(str(failed), FeatureStoreWarning, stacklevel=2)
        self._on_close()

    def _fill(self, keys: Sequence[bytes], rows: NDArray[Any]) -> int:
        count = min(len(keys), len(self._keys) - self._filled)
        end = self._filled + count
        joined = np.frombuffer(b"".join(keys[:count]), np.uint8)
        self._keys[self._filled : end] = joined.reshape(count, KEY_BYTES)
        np.copyto(self._rows[self._filled : end], rows[:count], casting="same_kind")
        # Last, so that an interruption before leaves only complete rows.
        self._filled = end
        return count

    def _write(self) -> None:
        if not self._filled:
            return
        path = self._folder / f"{secrets.token_hex(16)}{SHARD_SUFFIX}"
        try:
            if not (self._folder / KIND_FILE).exists():  # another process has cleared the store
                self._folder.mkdir(parents=True, exist_ok=True)
                self._kind.save(self._folder)
            write_shard(path, self._kind, self._keys[: self._filled], self._rows[: self._filled])
        except OSError as error:
            raise FeatureStoreError(self._folder, _reason(error)) from error
        self._filled = 0
        self._on_shard(path)


def checked_keys(keys: Sequence[bytes]) -> Sequence[bytes]:
    """Return ``keys`` if each has 32 bytes.

    Raises:
        ConfigError: A key has another length.
    """
    for key in keys:
        if len(key) != KEY_BYTES:
            raise ConfigError("keys", key, f"have {KEY_BYTES} bytes each")
    return keys


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
