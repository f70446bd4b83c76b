"""The questions of a review: a photo, why it is shown, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["label", "leak", "quality", "copy", "new"]
"""What is asked: is the label right; does the photo leak into a later part; does it show a leaf;
is it a copy; and of a new photo, what does it show."""

Action: TypeAlias = Literal["keep", "relabel", "drop", "same-leaf", "later"]
"""What a person decides: the photo stays as it is, gets another class, is left out, shows the same
leaf as another photo, or is asked about again later."""

KINDS: tuple[Kind, ...] = ("label", "leak", "quality", "copy", "new")
"""The kinds in the order in which a review asks: what harms training most comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a photo is shown.

    Attributes:
        check: Name of the check of the audit, or ``"to-label"`` for a new photo.
        values: What the sentence about it names, by name; see ``sentences.py``.
    """

    check: str
    values: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One question of a review.

    Attributes:
        key: Names the question, ``kind:name of the photo``; it is the same in later sessions.
        photo: Position of the photo in the data set.
        kind: What is asked.
        reasons: Why, at least one.
        given: Number of the class of its label; of a new photo, of its prediction.
        proposed: Number of the class that is proposed instead, or ``None``.
        action: The decision that is proposed.
        other: Position of a photo to compare it with, such as its copy, or ``None``.
        suspicion: Probability of a wrong label in [0, 1], or how much a label teaches; 0 where
            neither is known.
    """

    key: str
    photo: int
    kind: Kind
    reasons: tuple[Reason, ...]
    given: int
    proposed: int | None = None
    action: Action
    other: int | None = None
    suspicion: float = 0.0
