"""A finding of an audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from transferleaf.errors import ConfigError

Severity: TypeAlias = Literal["error", "warning", "note"]
"""An error invalidates results or stops training, a warning may do so, a note is information."""

Figure: TypeAlias = int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding of an audit.

    Attributes:
        check: Name of the check, such as ``"exact-duplicates"``. It does not change between
            versions.
        title: The finding with its number, such as ``"3 photos cannot be read"``.
        severity: ``"error"``, ``"warning"`` or ``"note"``.
        count: Number of photos; of classes or files if the finding is about these.
        photos: Names of all affected photos, as in ``LeafDataset.names``.
        groups: Groups of names of photos that belong together.
        classes: Names of the affected classes, the worst first.
        notes: Notes about photos or classes, by name.
        advice: What to do.
        sure: How certain the finding is.
        figures: The numbers behind it, by name.

    Raises:
        ConfigError: ``severity`` has another value, or ``count`` is below 1.
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
        """Create a finding from the result of ``to_dict``."""
        lists = {name: tuple(values[name]) for name in ("photos", "classes")}
        groups = tuple(tuple(group) for group in values["groups"])
        return cls(**{**values, **lists, "groups": groups})

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as a dictionary of JSON values.

        >>> finding = Finding(
        ...     check="dark", title="1 photo is dark", severity="note", count=1,
        ...     photos=("Mint/1.jpg",), advice="Look at it.", sure="measured",
        ... )
        >>> Finding.from_dict(finding.to_dict()) == finding
        True
        """
        return asdict(self)
