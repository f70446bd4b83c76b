"""A decision about one photo, with its author and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Any, get_args

from transferleaf.reviewing.items import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision about one photo.

    Attributes:
        number: Its number in the journal, from 1.
        key: The question; see ``ReviewItem``.
        photo: Name of the photo.
        content: SHA-256 of its file at the time of the decision.
        action: The decision.
        class_name: The correct class, for ``"relabel"``, and for ``"keep"`` of a new photo.
        same_as: Name of a photo of the same leaf, for ``"same-leaf"``.
        by: Name of the reviewer.
        at: Time in UTC, such as ``"2026-01-31T09:30:00Z"``.
    """

    number: int
    key: str
    photo: str
    content: str
    action: Action
    class_name: str | None = None
    same_as: str | None = None
    by: str
    at: str

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as JSON values, without empty fields."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Decision:
        """Create a decision from the result of ``to_dict``.

        Raises:
            ValueError: A value is invalid.
            TypeError: Values are missing or unknown.
        """
        decision = cls(**values)
        texts = [decision.key, decision.photo, decision.content, decision.by, decision.at]
        texts += [text for text in (decision.class_name, decision.same_as) if text is not None]
        if not all(isinstance(text, str) for text in texts) or type(decision.number) is not int:
            raise ValueError("it has values of another type")
        if decision.action not in get_args(Action):
            raise ValueError(f"there is no action {decision.action!r}")
        if decision.action == "relabel" and not decision.class_name:
            raise ValueError("it lacks a class")
        if decision.action == "same-leaf" and not decision.same_as:
            raise ValueError("it lacks the other photo")
        return decision


def now() -> str:
    """Return the time in UTC, to the second.

    >>> len(now())
    20
    """
    return f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
