"""The check for a laboratory: whether nearly all photos show a leaf on a plain ground."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from transferleaf.auditing.finding import Finding
from transferleaf.auditing.subject import Subject
from transferleaf.datasets.photos.decoding import read_photo
from transferleaf.errors import PhotoError
from transferleaf.scenes.leaf_mask import find_leaf

# Each is read once more, which takes about 20 ms; 60 tell a share of 0.8 from one of 0.95.
_LOOKED_AT = 60
_FEWEST = 50
_MOST_ARE_PLAIN = 0.8  # some leaves on a plain ground fill the photo, and are not recognised
_SIDE = 128  # pixels, what ``find_leaf`` looks at


def find_plain_grounds(subject: Subject) -> Iterator[Finding]:
    """Find out whether nearly all photos are from a laboratory, so that none tells of a field."""
    readable = subject.readable
    chosen = np.sort(np.random.default_rng(0).permutation(readable)[:_LOOKED_AT])
    plain = [shown for at in chosen if (shown := _is_plain(subject, int(at))) is not None]
    if len(plain) < _FEWEST or np.mean(plain) < _MOST_ARE_PLAIN:
        return
    yield Finding(
        check="plain-grounds",
        title=f"{np.mean(plain):.0%} of the photos show a leaf on a plain ground",
        severity="note",
        count=len(readable),
        advice="Accuracy in a field is unknown. Test on field photos; train with --augment field.",
        sure=f"measured on {len(plain)} photos",
        figures={"plain": round(float(np.mean(plain)), 4), "photos": len(plain)},
    )


def too_few_for_grounds(subject: Subject) -> str | None:
    """Say why grounds cannot be judged; ``None`` if they can."""
    few = len(subject.readable) < _FEWEST
    return f"fewer than {_FEWEST} photos can be read" if few else None


def _is_plain(subject: Subject, at: int) -> bool | None:
    """Whether a leaf on a plain ground is found; ``None`` where the photo is gone by now."""
    try:
        return find_leaf(read_photo(subject.data.paths[at], _SIDE)) is not None
    except PhotoError:
        return None
