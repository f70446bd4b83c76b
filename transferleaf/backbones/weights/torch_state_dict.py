"""Reading of tensors from a legacy torch file, without torch and without running code in it.

Such a file is a sequence of pickles (a magic number, a protocol version, system information, the
object, the keys of its storages) and then, for each storage, a count and the raw little-endian
values. A pickle can name and call any function. This reader accepts only the names that a state
dict needs.
"""

from __future__ import annotations

import io
import math
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transferleaf.errors import WeightsFileError

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_COUNT_BYTES = 8

# The torch names of storages with NumPy types.
_DTYPES = {
    "DoubleStorage": np.dtype("<f8"),
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("i1"),
    "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}


def read_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a legacy (not zip) torch state dict.

    Args:
        path: A file from ``torch.save`` before torch 1.6, or in its format.

    Returns:
        A dictionary from name to array, in the order of the file.

    Raises:
        WeightsFileError: The file is truncated, has another format, or names something that a state
            dict does not need.
    """
    try:
        return _LegacyFile(path).read()
    except WeightsFileError:
        raise
    except EOFError as error:
        raise WeightsFileError(path, "it is truncated") from error
    except Exception as error:  # damaged pickles raise various exceptions
        raise WeightsFileError(path, f"its pickles are damaged ({error})") from error


@dataclass(frozen=True, slots=True)
class _Storage:
    """A block of values later in the file."""

    key: str
    dtype: np.dtype[Any]


@dataclass(frozen=True, slots=True)
class _Tensor:
    """The position of a tensor in a storage. Offset and strides count values."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _rebuild_tensor(
    storage: _Storage,
    offset: int,
    shape: Sequence[int],
    strides: Sequence[int],
    requires_grad: bool,
    backward_hooks: object,
) -> _Tensor:
    """Replace ``torch._utils._rebuild_tensor_v2``. The values are read later."""
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


class _StateDictUnpickler(pickle.Unpickler):
    """Loads dictionaries of tensors and nothing else."""

    def __init__(self, file: io.BytesIO, path: Path) -> None:
        super().__init__(file)
        self._path = path

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        reason = f"it names {module}.{name}, which a state dict does not need"
        raise WeightsFileError(self._path, reason)

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, _location, _count, view = pid
        if kind != "storage" or view is not None:
            reason = f"it refers to {kind!r} in an unknown way"
            raise WeightsFileError(self._path, reason)
        return _Storage(key, dtype)


class _LegacyFile:
    """The bytes of a file, read sequentially."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = io.BytesIO(path.read_bytes())

    def read(self) -> dict[str, np.ndarray]:
        self._check_header()
        tensors, keys = self._next_pickle(), self._next_pickle()
        if not isinstance(tensors, dict) or not all(
            isinstance(tensor, _Tensor) for tensor in tensors.values()
        ):
            raise self._unreadable("it does not contain a dict of tensors")
        dtypes = {tensor.storage.key: tensor.storage.dtype for tensor in tensors.values()}
        storages = {key: self._next_storage(dtypes[key]) for key in keys}
        return {
            name: self._values(name, tensor, storages[tensor.storage.key])
            for name, tensor in tensors.items()
        }

    def _check_header(self) -> None:
        if self._file.getvalue().startswith(b"PK\x03\x04"):
            raise self._unreadable("it is a zip archive, the newer format of torch")
        try:
            magic = self._next_pickle()
        except pickle.UnpicklingError:  # not a pickle
            magic = None
        if magic != _MAGIC:
            raise self._unreadable("it does not begin with torch's magic number")
        protocol = self._next_pickle()
        if protocol != _PROTOCOL:
            raise self._unreadable(f"its protocol is {protocol}, not {_PROTOCOL}")
        if not self._next_pickle().get("little_endian"):
            raise self._unreadable("its values are not little-endian")

    def _next_pickle(self) -> Any:
        return _StateDictUnpickler(self._file, self._path).load()

    def _next_storage(self, dtype: np.dtype[Any]) -> np.ndarray:
        count = int.from_bytes(self._next_bytes(_COUNT_BYTES), "little", signed=True)
        return np.frombuffer(self._next_bytes(count * dtype.itemsize), dtype)

    def _next_bytes(self, size: int) -> bytes:
        left = self._file.getbuffer().nbytes - self._file.tell()
        if not 0 <= size <= left:
            raise EOFError
        return self._file.read(size)

    def _values(self, name: str, tensor: _Tensor, storage: np.ndarray) -> np.ndarray:
        """Copy a tensor from its storage, after checking that it is inside."""
        numbers = (tensor.offset, *tensor.shape, *tensor.strides)
        if len(tensor.shape) != len(tensor.strides) or min(numbers) < 0:
            raise self._unreadable(f"the tensor {name!r} has an impossible shape")
        if 0 in tensor.shape:
            return np.empty(tensor.shape, storage.dtype)
        steps = zip(tensor.shape, tensor.strides, strict=True)
        last = tensor.offset + sum((length - 1) * stride for length, stride in steps)
        # A stride of 0 repeats values, so a few bytes could request all memory.
        if last >= storage.size or math.prod(tensor.shape) > storage.size:
            raise self._unreadable(f"the tensor {name!r} reaches beyond its storage")
        strides = [stride * storage.itemsize for stride in tensor.strides]
        view = np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides)
        return view.copy()

    def _unreadable(self, reason: str) -> WeightsFileError:
        return WeightsFileError(self._path, reason)
