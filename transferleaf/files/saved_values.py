"""Values as JSON, and in the files that their ``save`` methods write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from transferleaf.files.whole_files import written_whole

Value = TypeVar("Value")


def save_values(path: str | PathLike[str], values: Any) -> None:
    """Write JSON values to a file. It is written atomically.

    Raises:
        OSError: The file cannot be written.
    """
    with written_whole(Path(path)) as file:
        # ASCII can represent file names that are not valid Unicode.
        file.write(f"{json.dumps(values, indent=1)}\n".encode("ascii"))


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


def attributes(value: Any) -> dict[str, Any]:
    """Return the attributes of a dataclass, and of those in it, as JSON values; see ``created``.

    >>> from dataclasses import make_dataclass
    >>> Point = make_dataclass("Point", ["across", "along"])
    >>> attributes(Point(across=1, along=(2, 3)))
    {'across': 1, 'along': [2, 3]}
    """
    return asdict(
        value,
        dict_factory=lambda pairs: {
            name: list(each) if isinstance(each, tuple) else each for name, each in pairs
        },
    )


def created(kind: type[Value], values: Mapping[str, Any], **changes: Any) -> Value:
    """Create a dataclass from its attributes in JSON. Keys of other versions are left out.

    Args:
        kind: The dataclass.
        values: Its attributes by name. Lists become tuples.
        changes: Attributes to use instead.

    Raises:
        TypeError: An attribute without a default is missing.

    >>> from dataclasses import make_dataclass
    >>> Point = make_dataclass("Point", ["across", "along"])
    >>> created(Point, {"across": 1, "along": [2, 3], "colour": "red"})
    Point(across=1, along=(2, 3))
    """
    names = [each.name for each in fields(kind)]  # type: ignore[arg-type]
    given = {name: values[name] for name in names if name in values}
    tuples = {name: tuple(each) for name, each in given.items() if isinstance(each, list)}
    return kind(**{**given, **tuples, **changes})
