"""The option ``--label-map``: a map from other class names to those of the classifier."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from transferleaf.datasets.label_matching import match_classes
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.judging.matching import LabelMap

AUTO = "auto"
_COLUMNS = ["theirs", "ours"]


def read_label_map(
    place: str | None, classes: Sequence[str], sets: Sequence[LeafDataset], console: Console
) -> LabelMap | None:
    """Read a label map, or propose one and print it.

    Args:
        place: A JSON object, or a CSV file with the columns ``theirs`` and ``ours``, where an empty
            cell means "none of them"; ``"auto"``; or ``None`` for no map.
        classes: The classes of the classifier.
        sets: The photos.
        console: Prints the proposal.

    Raises:
        typer.BadParameter: The file is not a label map.
    """
    if place is None:
        return None
    if place == AUTO:
        known = set(classes)
        theirs = sorted({name for data in sets for name in data.classes} - known)
        match = match_classes(classes, theirs)
        console.print(match)
        return match.label_map()
    try:
        return _read(Path(place))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{place!r} cannot be read as a label map: {error}") from None


def _read(path: Path) -> dict[str, str | None]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".csv":
        rows = csv.DictReader(text.splitlines())
        if rows.fieldnames != _COLUMNS:
            raise ValueError("its first line must be theirs,ours")
        return {row["theirs"]: row["ours"] or None for row in rows}
    found = json.loads(text)
    if not isinstance(found, dict) or not all(
        name is None or isinstance(name, str) for name in found.values()
    ):
        raise ValueError("it must be an object of texts, with null for none of them")
    return found
