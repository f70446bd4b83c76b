"""The leaf map published with PlantVillage: a JSON file with the leaves of each photo name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from transferleaf.datasets.labels import SEPARATOR
from transferleaf.datasets.leaves.augmented_names import base_photo
from transferleaf.errors import LeafMapError

# Separates class and number of a leaf, as in "Tomato___Late_blight:::13.0".
_BEFORE_NUMBER = ":::"

# A class with different names in the map and in the folders.
_OTHER_NAMES = {"Apple_Frogeye Spot": "Apple___Black_rot"}

# Suffix of photos without background, which otherwise have the names of their originals.
_CUT_OUT = "_final_masked"

_EXPECTED = (
    'it needs lists of leaves by photo name, as in {"rs_late.b 4898": '
    '["Tomato___Late_blight:::13.0"]}; use a CSV file with the columns file and leaf for others.'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLeaf:
    """A leaf in the map.

    Attributes:
        leaf: Its id in the map.
        class_name: Its class, reduced to lower-case letters and digits.
    """

    leaf: str
    class_name: str


PublishedMap: TypeAlias = Mapping[str, tuple[PublishedLeaf, ...]]
"""The leaves for each photo name, of all classes that contain a photo with this name."""


def read_published_map(path: Path) -> PublishedMap:
    """Read a map of the form ``{"rs_late.b 4898": ["Tomato___Late_blight:::13.0"]}``.

    Raises:
        LeafMapError: The file cannot be opened or has another form.

    Source:
        ``leaf-map.json`` of the repository that goes with Mohanty, Hughes and Salathé (2016),
        "Using deep learning for image-based plant disease detection".
    """
    source = repr(str(path))
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        reason = f"cannot be opened ({error.strerror})"
        raise LeafMapError(source, reason, "name an existing JSON or CSV file.") from None
    except (ValueError, RecursionError):
        raise LeafMapError(source, "is not JSON", _EXPECTED) from None
    if not isinstance(content, dict):
        raise LeafMapError(source, "contains no names", _EXPECTED)
    return {name: _leaves(source, name, leaves) for name, leaves in content.items()}


def leaves_from_published_map(
    names: Sequence[str], class_names: Sequence[str], published: PublishedMap
) -> list[str | None]:
    """Look up the leaf of each photo.

    A name may occur in several classes, so only leaves of the class of the photo count. If it
    stands for several leaves of this class, it is unknown which one a photo shows. They are joined
    to one leaf, so that photos of one leaf are never separated.

    Args:
        names: File names, such as ``<UUID>___RS_Late.B 4898.JPG``, with or without folders.
        class_names: The class of each photo. Blanks and signs may differ from PlantVillage.
        published: The map.

    Returns:
        The leaf of each photo, or ``None`` if it is not in the map.

    >>> leaf = PublishedLeaf(leaf="Mint___rust:::1.0", class_name="mintrust")
    >>> leaves_from_published_map(["a/X 1.JPG", "a/X 2.JPG"], ["Mint___rust"] * 2, {"x 1": (leaf,)})
    ['Mint___rust:::1.0', None]
    """
    choices = [
        _choices(name, class_name, published)
        for name, class_name in zip(names, class_names, strict=True)
    ]
    first_of = _joined(choices)
    return [first_of[leaves[0]] if leaves else None for leaves in choices]


def _leaves(source: str, name: str, leaves: Any) -> tuple[PublishedLeaf, ...]:
    are_texts = isinstance(leaves, list) and all(isinstance(leaf, str) for leaf in leaves)
    if not are_texts or not all(_BEFORE_NUMBER in leaf for leaf in leaves):
        raise LeafMapError(source, f"says {leaves!r} of {name!r}", _EXPECTED)
    return tuple(_leaf(leaf) for leaf in leaves)


def _leaf(leaf: str) -> PublishedLeaf:
    class_name = leaf.partition(_BEFORE_NUMBER)[0]
    return PublishedLeaf(leaf=leaf, class_name=_plain(_OTHER_NAMES.get(class_name, class_name)))


def _choices(name: str, class_name: str, published: PublishedMap) -> tuple[str, ...]:
    """Return the leaves of a class that a photo may show."""
    key = PurePosixPath(name).stem.rpartition(SEPARATOR)[2].strip().lower()
    # The map contains only a few copies, but all originals.
    original = base_photo(key.removesuffix(_CUT_OUT)).strip()
    leaves = published.get(key) or published.get(original, ())
    return tuple(leaf.leaf for leaf in leaves if leaf.class_name == _plain(class_name))


def _plain(class_name: str) -> str:
    """Return a class name without the signs that differ between copies of the data set."""
    return "".join(letter for letter in class_name.lower() if letter.isalnum())


def _joined(choices: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Map leaves that share a photo name to the id of the first of them."""
    before: dict[str, str] = {}

    def first(leaf: str) -> str:
        while before.setdefault(leaf, leaf) != leaf:
            leaf = before[leaf]
        return leaf

    for leaves in choices:
        for leaf in leaves:
            start, end = sorted((first(leaves[0]), first(leaf)))
            before[end] = start
    return {leaf: first(leaf) for leaf in list(before)}
