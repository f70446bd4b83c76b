"""A legacy torch file is read without torch, and no code in it is run."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from transferleaf.backbones.weights.torch_state_dict import read_state_dict
from transferleaf.errors import WeightsFileError


def _header(
    magic: int = 0x1950A86A20F9469CFC6C, protocol: int = 1001, little_endian: bool = True
) -> bytes:
    parts = (magic, protocol, {"little_endian": little_endian})
    return b"".join(pickle.dumps(part, protocol=2) for part in parts)


_FLOATS = struct.pack("<q6f", 6, 0, 1, 2, 3, 4, 5)


@dataclass(frozen=True)
class _Tensor:
    """An entry of a file, pickled like torch does."""

    shape: tuple[int, ...] = (2, 3)
    strides: tuple[int, ...] = (3, 1)
    offset: int = 0
    storage: str = "FloatStorage"
    rebuild: str = "torch._utils\n_rebuild_tensor_v2"
    view: object = None
    kind: str = "storage"
    key: str = field(default="7", kw_only=True)

    def opcodes(self) -> bytes:
        place = b"(%s" % _plain(self.kind) + b"ctorch\n%s\n" % self.storage.encode()
        place += _plain(self.key) + _plain("cpu") + _plain(6) + _plain(self.view) + b"tQ"
        numbers = _plain(self.offset) + _plain(self.shape) + _plain(self.strides)
        hooks = b"ccollections\nOrderedDict\n)R"
        rebuild = b"c%s\n" % self.rebuild.encode()
        return rebuild + b"(" + place + numbers + _plain(False) + hooks + b"tR"


def _plain(value: object) -> bytes:
    """Opcodes that push a plain value: a pickle without protocol and stop."""
    return pickle.dumps(value, protocol=0)[:-1]


def _entries(**tensors: _Tensor) -> bytes:
    entries = b"".join(_plain(name) + tensor.opcodes() for name, tensor in tensors.items())
    return b"ccollections\nOrderedDict\n)R(" + entries + b"u."


def _file(
    folder: Path,
    *,
    header: bytes = _header(),
    entries: bytes | None = None,
    keys: tuple[str, ...] = ("7",),
    values: bytes = _FLOATS,
) -> Path:
    path = folder / "model.pth"
    entries = _entries(weight=_Tensor()) if entries is None else entries
    path.write_bytes(header + entries + pickle.dumps(list(keys), protocol=2) + values)
    return path


def test_a_tensor_is_read_with_its_name_type_and_shape(tmp_path):
    state = read_state_dict(_file(tmp_path))

    assert list(state) == ["weight"]
    assert state["weight"].dtype == np.float32
    assert state["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("tensor", "values"),
    [
        (_Tensor(shape=(3, 2), strides=(1, 3)), [[0, 3], [1, 4], [2, 5]]),
        (_Tensor(shape=(2, 2), strides=(3, 1), offset=1), [[1, 2], [4, 5]]),
        (_Tensor(shape=(), strides=(), offset=4), 4),
        (_Tensor(shape=(0, 3), strides=(3, 1)), []),
    ],
    ids=["transposed", "window", "scalar", "empty"],
)
def test_strides_and_offsets_count_values(tmp_path, tensor: _Tensor, values: object):
    path = _file(tmp_path, entries=_entries(weight=tensor))

    assert read_state_dict(path)["weight"].tolist() == values


def test_integers_are_read_as_such(tmp_path):
    counter = _Tensor(shape=(), strides=(), storage="LongStorage")
    path = _file(tmp_path, entries=_entries(seen=counter), values=struct.pack("<qq", 1, 2**40))

    assert read_state_dict(path)["seen"] == 2**40


def test_two_tensors_may_share_a_storage(tmp_path):
    row = _Tensor(shape=(3,), strides=(1,), offset=3)
    path = _file(tmp_path, entries=_entries(weight=_Tensor(), row=row))

    assert read_state_dict(path)["row"].tolist() == [3, 4, 5]


def _message(path: Path, reason: str) -> str:
    return (
        f"{str(path)!r} cannot be read as a weights file: {reason}. "
        "Nothing was loaded; get the file again or name another one."
    )


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"header": b"PK\x03\x04"}, "it is a zip archive, the newer format of torch"),
        ({"header": _header(magic=1)}, "it does not begin with torch's magic number"),
        ({"header": b"\x89HDF"}, "it does not begin with torch's magic number"),
        ({"header": _header(protocol=1000)}, "its protocol is 1000, not 1001"),
        ({"header": _header(little_endian=False)}, "its values are not little-endian"),
        ({"entries": _plain([1]) + b"."}, "it does not contain a dict of tensors"),
        ({"entries": _plain({"a": 1}) + b"."}, "it does not contain a dict of tensors"),
        ({"values": b""}, "it is truncated"),
        ({"values": _FLOATS[:-1]}, "it is truncated"),
        ({"values": struct.pack("<q", 2**60)}, "it is truncated"),
        ({"values": struct.pack("<q", -1)}, "it is truncated"),
    ],
)
def test_another_kind_of_file_is_refused(tmp_path, parts: dict[str, bytes], reason: str):
    path = _file(tmp_path, **parts)

    with pytest.raises(WeightsFileError) as caught:
        read_state_dict(path)

    assert str(caught.value) == _message(path, reason)


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (_Tensor(offset=1), "the tensor 'weight' reaches beyond its storage"),
        (_Tensor(strides=(4, 1)), "the tensor 'weight' reaches beyond its storage"),
        (
            _Tensor(shape=(2**30, 2**30), strides=(0, 0)),
            "the tensor 'weight' reaches beyond its storage",
        ),
        (_Tensor(strides=(1,)), "the tensor 'weight' has an impossible shape"),
        (_Tensor(strides=(-3, 1), offset=3), "the tensor 'weight' has an impossible shape"),
        (_Tensor(shape=(-2, 3)), "the tensor 'weight' has an impossible shape"),
        (_Tensor(view="part"), "it refers to 'storage' in an unknown way"),
        (_Tensor(kind="module"), "it refers to 'module' in an unknown way"),
    ],
)
def test_an_impossible_tensor_is_refused(tmp_path, tensor: _Tensor, reason: str):
    path = _file(tmp_path, entries=_entries(weight=tensor))

    with pytest.raises(WeightsFileError) as caught:
        read_state_dict(path)

    assert str(caught.value) == _message(path, reason)


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        (b"cos\nsystem\n(S'echo run'\ntR.", "os.system"),
        (b"cbuiltins\neval\n(S'1'\ntR.", "builtins.eval"),
        (_entries(weight=_Tensor(storage="QInt8Storage")), "torch.QInt8Storage"),
        (
            _entries(weight=_Tensor(rebuild="torch._utils\n_rebuild_qtensor")),
            "torch._utils._rebuild_qtensor",
        ),
    ],
)
def test_a_name_that_no_state_dict_needs_is_refused(tmp_path, entries: bytes, named: str):
    path = _file(tmp_path, entries=entries)

    with pytest.raises(WeightsFileError) as caught:
        read_state_dict(path)

    assert str(caught.value) == _message(
        path, f"it names {named}, which a state dict does not need"
    )


def test_a_name_in_the_header_is_refused_too(tmp_path):
    path = _file(tmp_path, header=b"cos\nsystem\n(S'echo run'\ntR.")

    with pytest.raises(WeightsFileError, match=r"it names os\.system"):
        read_state_dict(path)


def test_a_file_cut_off_inside_a_pickle_is_refused(tmp_path):
    path = _file(tmp_path)
    path.write_bytes(path.read_bytes()[: len(_header()) + 40])

    with pytest.raises(WeightsFileError, match=r"it is truncated|its pickles are damaged"):
        read_state_dict(path)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.pth"
    path.touch()

    with pytest.raises(WeightsFileError) as caught:
        read_state_dict(path)

    assert str(caught.value) == _message(path, "it is truncated")
