"""Ways to damage a file, with a seeded random generator."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import numpy as np

# Numbers that are likely to break sizes, counts and offsets.
_EDGES = (0x00, 0x01, 0x7F, 0x80, 0xFF)
_HEADER_BYTES = 160


def damaged(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    """Damage a file in one to three ways.

    Args:
        content: The file.
        others: Files to take pieces from.
        rng: Random generator.
    """
    for _ in range(rng.integers(1, 4)):
        way = _WAYS[rng.integers(len(_WAYS))]
        content = way(content, others, rng)
    return content


def damaged_inside(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    """Damage a zip archive, either as a file or inside one of its parts, with a valid checksum.

    Checksums detect the first kind at once. Only the second kind reaches the code after them.
    """
    if rng.integers(4) == 0:
        return damaged(content, others, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = list(parts)[rng.integers(len(parts))]
    parts[name] = damaged(parts[name], list(parts.values()), rng)
    sealed = io.BytesIO()
    with zipfile.ZipFile(sealed, "w") as archive:
        for part, inside in parts.items():
            archive.writestr(part, inside)
    return sealed.getvalue()


def _flip_bits(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    data = np.frombuffer(content, np.uint8).copy()
    if len(data):
        at = rng.integers(len(data), size=rng.integers(1, 17))
        data[at] ^= np.uint8(1) << rng.integers(8, size=len(at)).astype(np.uint8)
    return data.tobytes()


def _edit_header(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    data = bytearray(content)
    if data:
        start = int(rng.integers(min(len(data), _HEADER_BYTES)))
        value = _EDGES[rng.integers(len(_EDGES))]
        for place in range(start, min(start + int(rng.integers(1, 5)), len(data))):
            data[place] = value
    return bytes(data)


def _cut_end(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    return content[: int(rng.integers(len(content) + 1))]


def _cut_middle(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    start, end = sorted(rng.integers(len(content) + 1, size=2).tolist())
    return content[:start] + content[end:]


def _repeat(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    start, end = sorted(rng.integers(len(content) + 1, size=2).tolist())
    return content[:end] + content[start:end] * int(rng.integers(1, 4)) + content[end:]


def _splice(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    other = others[rng.integers(len(others))]
    return content[: rng.integers(len(content) + 1)] + other[rng.integers(len(other) + 1) :]


def _noise(content: bytes, others: list[bytes], rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(content) + 1))
    return content[:start] + rng.bytes(int(rng.integers(1, 65))) + content[start:]


_WAYS: tuple[Callable[[bytes, list[bytes], np.random.Generator], bytes], ...] = (
    _flip_bits,
    _edit_header,
    _edit_header,  # twice, because headers contain the sizes that decoders use
    _cut_end,
    _cut_middle,
    _repeat,
    _splice,
    _noise,
)
