"""The size limit of the store, from an argument or the environment, and sizes as text."""

from __future__ import annotations

import os
import re

from transferleaf.errors import ConfigError

LIMIT_VARIABLE = "TRANSFERLEAF_CACHE_LIMIT"
DEFAULT_LIMIT = 20_000_000_000

_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12} | {
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", re.IGNORECASE)


def cache_limit(limit: int | None = None) -> int:
    """Return the maximum size of the store, in bytes.

    Args:
        limit: Number of bytes. Default: the value of ``TRANSFERLEAF_CACHE_LIMIT``, such as
            ``20GB``, or 20 GB.

    Raises:
        ConfigError: The argument or the variable is not a size above 0.
    """
    return bytes_setting(
        "limit", limit, variable=LIMIT_VARIABLE, default=DEFAULT_LIMIT, example="20GB"
    )


def bytes_setting(
    option: str, value: int | None, *, variable: str, default: int, example: str
) -> int:
    """Return a size in bytes from an argument, an environment variable or a default.

    Args:
        option: Name of the argument.
        value: The argument. ``None``: use the environment variable.
        variable: The environment variable. An empty one is ignored.
        default: The default.
        example: A size as text, for the message.

    Raises:
        ConfigError: The argument or the variable is not a size above 0.
    """
    if value is not None:
        if not isinstance(value, int) or value < 1:
            raise ConfigError(option, value, "be a whole number of bytes above 0")
        return value
    told = os.environ.get(variable)
    if not told:
        return default
    size = parse_size(told)
    if size is None:
        raise ConfigError(variable, told, f'be a size above 0, such as "{example}" or "500 MB"')
    return size


def parse_size(text: str) -> int | None:
    """Return the number of bytes in a text, or ``None`` if it is not a size above 0.

    >>> parse_size("500 MB"), parse_size("1.5gb"), parse_size("4096"), parse_size("many")
    (500000000, 1500000000, 4096, None)
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        return None
    number, unit = found.groups()
    size = int(float(number) * _UNITS.get(unit.upper() or "B", 0))
    return size if size > 0 else None


def size_text(size: int) -> str:
    """Format a number of bytes.

    >>> size_text(20_000_000_000), size_text(1_500_000), size_text(800)
    ('20.0 GB', '1.5 MB', '0.0 MB')
    """
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
