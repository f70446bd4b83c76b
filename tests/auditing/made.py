"""Data sets and facts of photos made by hand: no file is read."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from transferleaf.auditing.facts import PhotoFacts
from transferleaf.auditing.subject import Subject
from transferleaf.datasets import LeafDataset

_NUMBERS = count()


def seen(**changes) -> PhotoFacts:
    """Facts of an ordinary photo, like no other, with ``changes``."""
    number = next(_NUMBERS)
    rng = np.random.default_rng(number)
    facts = PhotoFacts(
        sha256=f"{number:064x}",
        nbytes=10_000,
        format="JPEG",
        mode="RGB",
        width=256,
        height=256,
        turned=False,
        frames=1,
        camera=None,
        jpeg_quality=90,
        brightness=0.5,
        dark_share=0.0,
        bright_share=0.0,
        sharpness=900 + float(rng.integers(200)),
        border=rng.integers(0, 256, 48, dtype=np.uint8).tobytes(),
        thumbnail=rng.integers(0, 256, 768, dtype=np.uint8).tobytes(),
        perceptual_hash=rng.bytes(8),
    )
    return replace(facts, **changes)


def broken(reason: str = "it is cut off.") -> PhotoFacts:
    return PhotoFacts(sha256=f"{next(_NUMBERS):064x}", nbytes=5, error=reason)


def dataset(classes: str, *, leaves=None, parts=(), ignored=()) -> LeafDataset:
    """A data set with one photo a letter, each of the class that the letter names.

    ``dataset("aab")`` has the photos ``a/0.jpg``, ``a/1.jpg`` and ``b/2.jpg``.
    """
    names = sorted(set(classes))
    return LeafDataset(
        paths=tuple(Path(f"{name}/{number}.jpg") for number, name in enumerate(classes)),
        labels=np.array([names.index(name) for name in classes]),
        classes=tuple(names),
        leaves=tuple(leaves or [None] * len(classes)),
        origin="made by hand",
        parts=tuple(parts),
        ignored=tuple(map(Path, ignored)),
    )


def subject(classes: str, facts=None, *, copies=(), alike=(), **options) -> Subject:
    """What checks look at; ``options`` as for ``dataset``."""
    return Subject(
        data=dataset(classes, **options),
        facts=tuple(facts or [seen() for _ in classes]),
        copies=tuple(copies),
        alike=tuple(alike) or tuple(copies),
    )
