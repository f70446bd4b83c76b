"""A file of the store, which is written once: a header, the keys, and the row of each key.

    8 bytes   ``leafrows``
    4 + 4     format; length of the JSON
    4         CRC-32 of the JSON
    ...       JSON: rows, shape, dtype, keys_crc32, rows_crc32
    ...       keys, 32 bytes each; zeros up to a multiple of 64 bytes; rows

Numbers are little-endian. The header determines the size of the file, so a truncated one is
detected when it is opened. The checksum of the keys is compared when they are read, that of the
rows before their first use.
"""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from transferleaf.errors import DamagedCacheFileError
from transferleaf.features.store.row_kind import FORMAT, RowKind
from transferleaf.files.whole_files import written_whole

KEY_BYTES = 32
SHARD_SUFFIX = ".rows"

_MAGIC = b"leafrows"
_PRELUDE = struct.Struct("<8sIII")
_ALIGNMENT = 64  # a cache line, so rows of any type are aligned
_LONGEST_JSON = 65_536
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A file with a valid header and size.

    Attributes:
        path: The file.
        kind: The kind of its rows.
        rows: Number of rows.
        rows_at: Offset of the rows, in bytes.
        rows_crc32: Checksum of the rows in the header.
    """

    path: Path
    kind: RowKind
    rows: int
    rows_at: int
    rows_crc32: int


def write_shard(path: Path, kind: RowKind, keys: NDArray[np.uint8], rows: NDArray[Any]) -> None:
    """Write a file atomically.

    Args:
        path: Path of the new file.
        kind: The kind of the rows.
        keys: Shape ``(n, 32)``, contiguous.
        rows: Shape ``(n, *kind.shape)``, of the stored type, contiguous.
    """
    header = {
        "rows": len(keys),
        "shape": kind.shape,
        "dtype": kind.stored_dtype.str,
        "keys_crc32": zlib.crc32(keys.data),
        "rows_crc32": zlib.crc32(rows.data),
    }
    text = json.dumps(header).encode()
    with written_whole(path) as file:
        file.write(_PRELUDE.pack(_MAGIC, FORMAT, len(text), zlib.crc32(text)) + text)
        file.write(keys.data)
        file.write(bytes(_aligned(file.tell()) - file.tell()))
        file.write(rows.data)


def open_shard(path: Path, kind: RowKind) -> tuple[Shard, list[bytes]]:
    """Read the header and the keys of a file.

    Returns:
        The shard, and the key of each of its rows.

    Raises:
        DamagedCacheFileError: It is truncated, or not a file of such rows.
        OSError: It was removed or cannot be read.
    """
    with path.open("rb") as file:
        header = _read_header(file, path)
        if (tuple(header["shape"]), header["dtype"]) != (kind.shape, kind.stored_dtype.str):
            raise DamagedCacheFileError(path, "it contains rows of another kind")
        count = int(header["rows"])
        keys = file.read(count * KEY_BYTES)
        rows_at = _aligned(file.tell())
        size = file.seek(0, 2)
    expected = rows_at + count * kind.row_bytes
    if count < 1 or len(keys) != count * KEY_BYTES or size != expected:
        raise DamagedCacheFileError(path, f"it has {size:,} bytes instead of {expected:,}")
    if zlib.crc32(keys) != header["keys_crc32"]:
        raise DamagedCacheFileError(path, "its keys have a wrong checksum")
    shard = Shard(
        path=path, kind=kind, rows=count, rows_at=rows_at, rows_crc32=header["rows_crc32"]
    )
    return shard, [keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES)]


def check_rows(shard: Shard) -> None:
    """Compare the rows with their checksum.

    Raises:
        DamagedCacheFileError: The rows have changed.
        OSError: The file was removed or cannot be read.
    """
    checksum = 0
    # Read instead of mapped, because mapped pages count as memory of this process.
    with shard.path.open("rb", buffering=0) as file:
        file.seek(shard.rows_at)
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    if checksum != shard.rows_crc32:
        raise DamagedCacheFileError(shard.path, "its rows have a wrong checksum")


def map_shard(shard: Shard) -> mmap.mmap:
    """Map a file read-only. On POSIX, the map stays valid after the file is removed.

    Raises:
        OSError: The file was removed or cannot be read.
    """
    with shard.path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def mapped_rows(shard: Shard, mapped: mmap.mmap) -> NDArray[Any]:
    """Return the rows in a map, shape ``(n, *shape)``, without copying."""
    kind = shard.kind
    count = shard.rows * (kind.row_bytes // kind.stored_dtype.itemsize)
    flat = np.frombuffer(mapped, kind.stored_dtype, count=count, offset=shard.rows_at)
    return flat.reshape(shard.rows, *kind.shape)


def count_rows(path: Path) -> int:
    """Return the number of rows in the header of a file; 0 if it cannot be read."""
    try:
        with path.open("rb") as file:
            return int(_read_header(file, path)["rows"])
    except (OSError, DamagedCacheFileError):
        return 0


def _read_header(file: BinaryIO, path: Path) -> dict[str, Any]:
    prelude = file.read(_PRELUDE.size)
    if len(prelude) < _PRELUDE.size or not prelude.startswith(_MAGIC):
        raise DamagedCacheFileError(path, "it is not a file of stored features")
    _, version, length, checksum = _PRELUDE.unpack(prelude)
    if version != FORMAT:
        raise DamagedCacheFileError(path, f"it has format {version}, and {FORMAT} is known")
    text = file.read(min(length, _LONGEST_JSON))
    if not text or zlib.crc32(text) != checksum:
        raise DamagedCacheFileError(path, "its header has a wrong checksum")
    header: dict[str, Any] = json.loads(text)
    return header


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT
