"""Reading a value back from the JSON file that its ``save`` wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

Value = TypeVar("Value")


def load_saved(
    path: str | PathLike[str],
    build: Callable[[Any], Value],
    *,
    version: int,
    error: Callable[[Path, str], Exception],
) -> Value:
    """Read a file and build the value from what it holds.

    Args:
        path: The file.
        build: Makes the value from the JSON object; whatever it lacks or misspells is told.
        version: What the object's ``"format"`` has to be.
        error: Makes the exception from the path and the reason.

    Raises:
        Exception: What ``error`` makes: the file cannot be read, or is another one.
    """
    file = Path(path)
    try:
        values = json.loads(file.read_bytes())
    except OSError as failure:
        raise error(file, f"cannot be opened ({failure.strerror})") from None
    except ValueError:  # neither JSON nor text
        raise error(file, "is not JSON") from None
    if not isinstance(values, dict) or values.get("format") != version:
        raise error(file, f"has no format {version}")
    try:
        return build(values)
    except (KeyError, TypeError, ValueError, AttributeError) as failure:
        raise error(file, f"lacks or misspells {failure}") from None
