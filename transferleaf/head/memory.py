"""How much memory the head's solver may take, and how much a problem would."""

from __future__ import annotations

from transferleaf.features.store.settings import bytes_setting
from transferleaf.head.space import pairs_are_cheaper

MEMORY_VARIABLE = "TRANSFERLEAF_HEAD_MEMORY"

# A fixed number and no share of the machine's memory: which way a head is solved shows in its last
# digits, and a run should give the same on every machine.
DEFAULT_MEMORY = 4_000_000_000

# Arrays of a number for each photo and class that Newton's method holds at a time.
_PHOTO_ARRAYS = 20


def head_memory(memory: int | None = None) -> int:
    """Say how many bytes solving a head may take.

    Args:
        memory: Bytes; ``None`` takes what ``TRANSFERLEAF_HEAD_MEMORY`` says, such as ``16GB``, or
            else 4 GB.

    Raises:
        ConfigError: The argument or the variable is no size above 0.
    """
    return bytes_setting(
        "memory", memory, variable=MEMORY_VARIABLE, default=DEFAULT_MEMORY, example="4GB"
    )


def memory_in_one_piece(*, photos: int, features: int, classes: int) -> int:
    """Bytes that solving takes with all photos in memory, beside the features that it is given.

    >>> memory_in_one_piece(photos=1_000_000, features=2_000, classes=38)
    11040000000
    """
    rows = photos * features + _PHOTO_ARRAYS * photos * classes
    pairs = pairs_are_cheaper(photos=photos, features=features, classes=classes)
    return 4 * (rows + (photos**2 if pairs else 0))
