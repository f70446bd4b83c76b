"""The leaf map that was published with PlantVillage: a JSON file of leaves by photo name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from transferleaf.datasets.labels import SEPARATOR
from transferleaf.datasets.leaves.augmented_names import base_photo
from transferleaf.errors import LeafMapError

# Between the class and the number of a leaf, as in "Tomato___Late_blight:::13.0".
_BEFORE_NUMBER = ":::"

# The map calls one class by a name that no folder has.
_OTHER_NAMES = {"Apple_Frogeye Spot": "Apple___Black_rot"}

# The repository's photos without background are called like those they were cut out of, and this.
_CUT_OUT = "_final_masked"

_EXPECTED = (
    'it needs lists of leaves by photo name, as in {"rs_late.b 4898": '
    '["Tomato___Late_blight:::13.0"]}; use a CSV file with the columns file and leaf for others.'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLeaf:
    """One leaf of the map.

    Attributes:
        leaf: Its id, as the map spells it.
        class_name: The class it is of, in small letters and digits alone.
    """

    leaf: str
    class_name: str


PublishedMap: TypeAlias = Mapping[str, tuple[PublishedLeaf, ...]]
"""The leaves that a photo name may mean: one for each class that has a photo of that name."""


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
        raise LeafMapError(source, "holds no names", _EXPECTED)
    return {name: _leaves(source, name, leaves) for name, leaves in content.items()}


def leaves_from_published_map(
    names: Sequence[str], class_names: Sequence[str], published: PublishedMap
) -> list[str | None]:
    """Look up the leaf of each photo.

    A name may stand for photos of several classes, so only leaves of the photo's own class count.
    Where it stands for several leaves of that class, nobody knows which one a photo shows: they
    are taken for one leaf, so that no leaf is ever cut in two.

    Args:
        names: File names, ``<UUID>___RS_Late.B 4898.JPG``; folders before them do not matter.
        class_names: The class of each photo, in PlantVillage's spelling up to blanks and signs.
        published: The map.

    Returns:
        The leaf of each photo, or ``None`` where the map knows none.

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
    """Name the leaves of a class that a photo may show."""
    key = PurePosixPath(name).stem.rpartition(SEPARATOR)[2].strip().lower()
    # The map names a few copies, and of the others the original.
    original = base_photo(key.removesuffix(_CUT_OUT)).strip()
    leaves = published.get(key) or published.get(original, ())
    return tuple(leaf.leaf for leaf in leaves if leaf.class_name == _plain(class_name))


def _plain(class_name: str) -> str:
    """Leave out what re-publications spell differently: ``Pepper,_bell`` or ``Pepper__bell``."""
    return "".join(letter for letter in class_name.lower() if letter.isalnum())


def _joined(choices: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Give leaves that one photo name may mean the id of the first among them."""
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
