"""The memory limit of the head solver, and the memory that a problem needs."""

from __future__ import annotations

from transferleaf.features.store.settings import bytes_setting
from transferleaf.head.space import pairs_are_cheaper

MEMORY_VARIABLE = "TRANSFERLEAF_HEAD_MEMORY"

# A fixed number, independent of the memory of the machine: the method of the solver affects the
# last digits, and a run should give the same result on every machine.
DEFAULT_MEMORY = 4_000_000_000

# Number of arrays of shape (n, n_classes) in Newton's method.
_PHOTO_ARRAYS = 20


def head_memory(memory: int | None = None) -> int:
    """Return the memory limit for solving a head, in bytes.

    Args:
        memory: Number of bytes. Default: the value of ``TRANSFERLEAF_HEAD_MEMORY``, such as
            ``16GB``, or 4 GB.

    Raises:
        ConfigError: The argument or the variable is not a size above 0.
    """
    return bytes_setting(
        "memory", memory, variable=MEMORY_VARIABLE, default=DEFAULT_MEMORY, example="4GB"
    )


def memory_in_one_piece(*, photos: int, features: int, classes: int) -> int:
    """Return the bytes for solving in memory, without the given features.

    >>> memory_in_one_piece(photos=1_000_000, features=2_000, classes=38)
    11040000000
    """
    rows = photos * features + _PHOTO_ARRAYS * photos * classes
    pairs = pairs_are_cheaper(photos=photos, features=features, classes=classes)
    return 4 * (rows + (photos**2 if pairs else 0))
