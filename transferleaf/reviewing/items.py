"""The questions of a review: a photo, the reasons, and a proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["label", "leak", "quality", "copy", "new"]
"""Kinds of questions: is the label correct; does the photo leak into a later part; does it show a
leaf; is it a copy; which class does a new photo show."""

Action: TypeAlias = Literal["keep", "relabel", "drop", "same-leaf", "later"]
"""Decisions: the photo does not change, gets another class, is left out, shows the same leaf as
another photo, or is postponed."""

KINDS: tuple[Kind, ...] = ("label", "leak", "quality", "copy", "new")
"""The kinds in the order of a review: the most harmful for training come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason for a question.

    Attributes:
        check: Name of the check of the audit, or ``"to-label"`` for a new photo.
        values: Values for its sentence, by name; see ``sentences.py``.
    """

    check: str
    values: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One question of a review.

    Attributes:
        key: Key of the question, ``kind:name of the photo``. It is the same in later sessions.
        photo: Index of the photo in the data set.
        kind: Kind of the question.
        reasons: Reasons, at least one.
        given: Number of the class of its label, or of the prediction for a new photo.
        proposed: Number of the proposed class, or ``None``.
        action: The proposed decision.
        other: Index of a photo for comparison, such as its copy, or ``None``.
        suspicion: Probability of a wrong label in [0, 1], or the value of a label for training. 0
            if neither is known.
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
