"""Photos in a folder, and reviews of them, made by hand: no network looks at anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from transferleaf.datasets import LeafDataset
from transferleaf.reviewing.comparing import Examples
from transferleaf.reviewing.items import Reason, ReviewItem
from transferleaf.reviewing.journal import Journal
from transferleaf.reviewing.review import Review, Subject

OPENED: list[Journal] = []
"""Journals that ``review`` opened in this test."""

CLASSES = ("Bean___healthy", "Bean___rust")


def photos(folder: Path, number: int = 6, **facts) -> LeafDataset:
    """So many files, in turn of the two classes; their bytes are what they are called."""
    names = [f"{CLASSES[at % 2]}/{at}.jpg" for at in range(number)]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return LeafDataset(
        paths=tuple(folder / name for name in names),
        labels=np.arange(number) % 2,
        classes=CLASSES,
        origin="made by hand",
        **{"leaves": (None,) * number, **facts},
    )


def question(data: LeafDataset, photo: int, kind="label", **facts) -> ReviewItem:
    return ReviewItem(
        **{
            "key": f"{kind}:{data.names[photo]}",
            "photo": photo,
            "kind": kind,
            "reasons": (Reason(check="dark-photos", values={"note": "9%"}),),
            "given": int(data.labels[photo]),
            "proposed": 1 - int(data.labels[photo]),
            "action": "relabel",
            **facts,
        }
    )


def subject(data: LeafDataset, items=None, **facts) -> Subject:
    from transferleaf.datasets.photos.content_hashes import content_hashes

    return Subject(
        **{
            "data": data,
            "hashes": content_hashes(data.paths),
            "items": tuple(items or [question(data, photo) for photo in range(len(data))]),
            "examples": Examples.of_data(data, None),
            "suspicions": np.linspace(0.9, 0.1, len(data)),
            **facts,
        }
    )


def review(data: LeafDataset, folder: Path, items=None, *, by="ann", **facts) -> Review:
    kind = "new photos" if facts.get("new") else "data"
    OPENED.append(Journal(folder, subject=kind))
    return Review(subject(data, items, **facts), OPENED[-1], by=by)
