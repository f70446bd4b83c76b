"""One thing that an audit found: what, how many, which photos, what to do, and how sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from transferleaf.errors import ConfigError

Severity: TypeAlias = Literal["error", "warning", "note"]
"""An error spoils results or stops training; a warning may; a note is good to know."""

Figure: TypeAlias = int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an audit found.

    Attributes:
        check: What was checked, such as ``"exact-duplicates"``; stays the same between versions.
        title: What was found, with its number, as the start of a sentence:
            ``"3 photos cannot be read"``.
        severity: How bad it is.
        count: How many photos it concerns; classes or files where it is about those.
        photos: Names of all photos that it concerns, as in ``LeafDataset.names``.
        groups: Names of photos that belong together, group by group.
        classes: Names of the classes that it concerns, the worst first.
        notes: What there is to say of single photos or classes, by name.
        advice: What to do.
        sure: How sure the finding is, for people.
        figures: Numbers that it rests on, by name.

    Raises:
        ConfigError: ``severity`` is none, or ``count`` is below 1.
    """

    check: str
    title: str
    severity: Severity
    count: int
    photos: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    classes: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    advice: str
    sure: str
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.severity not in get_args(Severity):
            raise ConfigError("severity", self.severity, f"be one of {list(get_args(Severity))}")
        if self.count < 1:
            raise ConfigError("count", self.count, "be at least 1: what is not there is no finding")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Finding:
        """Restore what ``to_dict`` gave."""
        lists = {name: tuple(values[name]) for name in ("photos", "classes")}
        groups = tuple(tuple(group) for group in values["groups"])
        return cls(**{**values, **lists, "groups": groups})

    def to_dict(self) -> dict[str, Any]:
        """Describe this finding for JSON.

        >>> finding = Finding(
        ...     check="dark", title="1 photo is dark", severity="note", count=1,
        ...     photos=("Mint/1.jpg",), advice="Look at it.", sure="measured",
        ... )
        >>> Finding.from_dict(finding.to_dict()) == finding
        True
        """
        return asdict(self)
