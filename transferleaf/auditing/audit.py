"""The result of an audit: facts of a data set, and findings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from transferleaf.auditing.cleaning import Removal, removals
from transferleaf.auditing.finding import Finding, Severity
from transferleaf.auditing.subject import joined
from transferleaf.errors import AuditFileError, ConfigError
from transferleaf.files.saved_values import load_saved, save_values
from transferleaf.text.notebook import html_of
from transferleaf.text.wording import counted

if TYPE_CHECKING:
    from transferleaf.auditing.report import Report
    from transferleaf.datasets.leaf_dataset import LeafDataset
    from transferleaf.datasets.parts.split import Split

_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Audit:
    """The result of an audit. You can print it with rich, or save it as JSON.

    Attributes:
        origin: The source of the photos, as text.
        fingerprint: ``LeafDataset.fingerprint()`` of the photos.
        photos: Number of photos, including unreadable ones.
        leaves: Number of known leaves.
        class_counts: Number of photos of each class.
        part_counts: Number of photos of each part. Empty if there are none.
        findings: The findings, errors first.
        passed: The checks without findings.
        not_run: The checks that did not run, with the reason.
    """

    origin: str
    fingerprint: str
    photos: int
    leaves: int
    class_counts: Mapping[str, int]
    part_counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    passed: tuple[str, ...] = ()
    not_run: Mapping[str, str]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Audit:
        """Create an audit from the result of ``to_dict``."""
        restored = {field.name: values[field.name] for field in fields(cls)}
        restored["findings"] = tuple(Finding.from_dict(found) for found in values["findings"])
        restored["passed"] = tuple(values["passed"])
        return cls(**restored)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Audit:
        """Read a file that ``save`` wrote.

        Raises:
            AuditFileError: The file cannot be read, or ``save`` did not write it.
        """
        return load_saved(path, cls.from_dict, version=_FORMAT, error=AuditFileError)

    def __str__(self) -> str:
        from transferleaf.auditing.report import as_text

        return as_text(self)

    def __repr__(self) -> str:
        found = ", ".join(
            counted(len(self.of_severity(severity)), severity)
            for severity in ("error", "warning", "note")
        )
        return f"Audit({self.photos:,} photos: {found})"

    def _repr_html_(self) -> str:
        return html_of(self)

    def __rich__(self) -> Report:
        from transferleaf.auditing.report import Report

        return Report(self)

    def of_severity(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of one severity."""
        return tuple(found for found in self.findings if found.severity == severity)

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as a dictionary of JSON values, with the names of all photos."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["findings"] = [found.to_dict() for found in self.findings]
        return {"format": _FORMAT, **values}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the audit as JSON. The file is written atomically.

        Raises:
            OSError: The file cannot be written.
        """
        save_values(path, self.to_dict())

    def removals(self) -> tuple[Removal, ...]:
        """Return the photos that ``clean`` leaves out, and why."""
        return removals(self.findings)

    def clean(self, data: LeafDataset | Split) -> LeafDataset:
        """Return the data set without the photos that are certainly wrong. No file is changed.

        Args:
            data: The audited photos.

        Returns:
            The other photos, in the same order and with the same parts.

        Raises:
            ConfigError: ``data`` was not audited.
        """
        whole = joined(data)
        if whole.fingerprint() != self.fingerprint:
            raise ConfigError("data", whole, f"be what was audited: {self.origin}")
        gone = {name for removal in self.removals() for name in removal.photos}
        return whole.subset([at for at, name in enumerate(whole.names) if name not in gone])
