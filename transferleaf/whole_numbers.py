"""Whole numbers that a user gave: Python's, or those of NumPy and the like."""

from __future__ import annotations

import operator
from typing import Any

from transferleaf.errors import ConfigError


def whole_number(option: str, value: Any, *, minimum: int, why: str = "") -> int:
    """Return ``value`` as an ``int``.

    Args:
        option: What the user calls it.
        value: A Python ``int`` or anything that stands for one, such as ``numpy.int64``.
        minimum: The smallest value that works.
        why: What the message says after it, such as ``" for 'resnet50'"``.

    Raises:
        ConfigError: It is no whole number, a truth value, or too small.

    >>> import numpy as np
    >>> whole_number("epochs", np.int64(3), minimum=0)
    3
    """
    must = f"be a whole number of at least {minimum}{why}"
    if isinstance(value, bool):
        raise ConfigError(option, value, must)
    try:
        number = operator.index(value)
    except TypeError:
        raise ConfigError(option, value, must) from None
    if number < minimum:
        raise ConfigError(option, value, must)
    return number
