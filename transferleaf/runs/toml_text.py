"""Reading and writing of flat TOML files. The standard library can only read them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transferleaf.errors import RunConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:  # the same reader, for older versions of Python
    import tomli as tomllib

Value = str | int | float | bool


def toml_text(values: Mapping[str, Value]) -> str:
    """Return texts, numbers and Booleans as TOML, one per line.

    >>> print(toml_text({"data": "my leaves", "val": 0.2, "report": True}), end="")
    data = "my leaves"
    val = 0.2
    report = true
    """
    return "".join(f"{key} = {_literal(value)}\n" for key, value in values.items())


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        RunConfigError: The file cannot be opened, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunConfigError(path, f"cannot be opened ({error.strerror})") from None
    except ValueError as error:  # not TOML, or not UTF-8
        raise RunConfigError(path, f"is not a TOML file ({error})") from None


def _literal(value: Value) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML string, except for one character that only TOML escapes.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
