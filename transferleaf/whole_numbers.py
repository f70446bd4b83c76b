"""Validation of whole numbers from the user, including NumPy integers."""

from __future__ import annotations

import operator
from typing import Any

from transferleaf.errors import ConfigError


def whole_number(option: str, value: Any, *, minimum: int, why: str = "") -> int:
    """Return ``value`` as an ``int``.

    Args:
        option: The name of the option.
        value: A Python ``int`` or an equivalent, such as ``numpy.int64``.
        minimum: The smallest valid value.
        why: Text that follows the minimum in the message, such as ``" for 'resnet50'"``.

    Raises:
        ConfigError: ``value`` is a Boolean, not a whole number, or too small.

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
