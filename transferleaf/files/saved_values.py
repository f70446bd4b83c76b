"""Load a value from the JSON file that its ``save`` method wrote."""

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
    """Load the value that a file contains.

    Args:
        path: The file.
        build: Creates the value from the JSON object. Missing and invalid keys raise ``error``.
        version: The expected value of ``"format"``.
        error: Creates the exception from the path and the reason.

    Raises:
        Exception: The result of ``error``: the file cannot be read or has another format.
    """
    file = Path(path)
    try:
        values = json.loads(file.read_bytes())
    except OSError as failure:
        raise error(file, f"cannot be opened ({failure.strerror})") from None
    except ValueError:  # not JSON, or not text
        raise error(file, "is not JSON") from None
    if not isinstance(values, dict) or values.get("format") != version:
        raise error(file, f"has no format {version}")
    try:
        return build(values)
    except (KeyError, TypeError, ValueError, AttributeError) as failure:
        raise error(file, f"has a missing or invalid key: {failure}") from None
