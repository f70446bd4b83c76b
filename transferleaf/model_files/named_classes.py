"""A check of the classes in a saved model: only known classes, and none that runs code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from transferleaf.errors import ModelFileError

_OURS = "transferleaf>TransferClassifier"

# Modules of Keras whose classes only compute. Other modules can download and unpack files.
_KEPT = (
    "activations",
    "applications",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "regularizers",
)
_MODULES = tuple(f"{package}.{name}" for package in ("keras", "keras.src") for name in _KEPT)

# These run code from the file, or read other files that it names.
_CODE = frozenset(
    {
        "Lambda",
        "__lambda__",
        "FlaxLayer",
        "IndexLookup",
        "JaxLayer",
        "TFSMLayer",
        "TorchModuleWrapper",
        "IntegerLookup",
        "StringLookup",
        "TextVectorization",
    }
)

# Plain values that Keras serialises like classes.
_VALUES = frozenset(
    {"__bytes__", "__ellipsis__", "__keras_tensor__", "__numpy__", "__slice__", "__tensor__"}
)


def check_classes(path: Path, config: dict[str, Any]) -> None:
    """Refuse a saved model that is not a classifier or contains unknown classes.

    Args:
        path: The file, for the message.
        config: The configuration of the model in the file.

    Raises:
        ModelFileError: It belongs to another library, or contains a class that is not allowed.
    """
    if config.get("registered_name") != _OURS:
        found = f"it contains a Keras model of the class {config.get('class_name')!r}"
        told = f"{found}, not a transferleaf classifier; keras.saving.load_model reads such files."
        raise ModelFileError(path, told)
    for named in _named(config):
        kind, module, registered = (
            named.get(key) for key in ("class_name", "module", "registered_name")
        )
        if kind in _CODE:
            told = f"it contains {kind!r}, which runs code or reads files that the file names"
            raise ModelFileError(path, f"{told}. Code from a file is never run.")
        if not (_is_known(kind, module) or _is_registered(registered)):
            told = f"it names '{module}.{kind}', which is neither Keras' nor registered with Keras"
            raise ModelFileError(
                path, f"{told}. If you trust its package, import that first; it registers it."
            )


def _named(config: Any) -> Iterator[dict[str, Any]]:
    """Yield everything that Keras would create, at any depth, without recursion."""
    left = [config]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)


def _is_known(kind: Any, module: Any) -> bool:
    if not isinstance(kind, str):
        return False
    if module is None:
        return kind in _VALUES
    if kind == "function":  # such as "relu", which Keras looks up among its own functions
        return module == "builtins"
    if module == "keras":
        return isinstance(getattr(keras, kind, None), type)
    return isinstance(module, str) and f"{module}.".startswith(tuple(f"{m}." for m in _MODULES))


def _is_registered(name: Any) -> bool:
    """Return whether a class is registered with Keras in this process."""
    return isinstance(name, str) and keras.saving.get_registered_object(name) is not None
