"""The kind of the rows in a space: their network, shape and type."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from transferleaf.errors import ConfigError
from transferleaf.files.whole_files import written_whole

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

FORMAT = 1
"""Version of the file format. Part of the digest, so different versions use different folders."""

KIND_FILE = "space.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowKind:
    """The kind of the rows in a space.

    Attributes:
        identity: Everything that determines the values: weights, image size, pixel pipeline,
            output. Kinds with the same attributes are equal.
        shape: Shape of one row.
        dtype: Name of a NumPy type, such as ``"float16"``.
    """

    identity: Mapping[str, Json]
    shape: tuple[int, ...]
    dtype: str

    def __post_init__(self) -> None:
        if not all(isinstance(side, int) and side > 0 for side in self.shape):
            raise ConfigError("shape", self.shape, "contain whole numbers above 0")
        if not _is_number_type(self.dtype):
            raise ConfigError("dtype", self.dtype, 'name a number type, such as "float32"')
        try:
            self._canonical_json()
        except (TypeError, ValueError):
            must = "contain finite numbers, texts, lists and mappings only"
            raise ConfigError("identity", self.identity, must) from None

    @property
    def stored_dtype(self) -> np.dtype[np.generic]:
        """The type on disk, which is little-endian on all machines."""
        return np.dtype(self.dtype).newbyteorder("<")

    @property
    def row_bytes(self) -> int:
        """Size of one row, in bytes."""
        return math.prod(self.shape) * self.stored_dtype.itemsize

    def digest(self) -> str:
        """Return a digest of the kind, 32 hexadecimal digits.

        >>> one = RowKind(identity={"size": 224, "net": "a"}, shape=(2,), dtype="float32")
        >>> two = RowKind(identity={"net": "a", "size": 224}, shape=(2,), dtype="<f4")
        >>> one.digest() == two.digest()
        True
        """
        return hashlib.sha256(self._canonical_json().encode()).hexdigest()[:32]

    def save(self, folder: Path) -> None:
        """Write the kind to ``folder``, for ``transferleaf cache``."""
        text = json.dumps(self._facts(), indent=2, ensure_ascii=False)
        with written_whole(folder / KIND_FILE) as file:
            file.write(text.encode())

    def _canonical_json(self) -> str:
        return json.dumps(
            self._facts(), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
        )

    def _facts(self) -> dict[str, Json]:
        return {
            "format": FORMAT,
            "identity": self.identity,
            "shape": self.shape,
            "dtype": np.dtype(self.dtype).name,
        }


def saved_kind(folder: Path) -> RowKind | None:
    """Read the kind that ``save`` wrote, or return ``None`` if it is missing or unreadable."""
    try:
        facts = json.loads((folder / KIND_FILE).read_bytes())
        return RowKind(
            identity=dict(facts["identity"]), shape=tuple(facts["shape"]), dtype=facts["dtype"]
        )
    except (OSError, ValueError, LookupError, TypeError):
        # It is only for display. The rows are found without it.
        return None


def _is_number_type(dtype: str) -> bool:
    try:
        return np.dtype(dtype).kind in "fiu"
    except TypeError:
        return False
