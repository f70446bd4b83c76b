"""The audit: reads all photos and runs all checks."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from transferleaf.auditing.audit import Audit
from transferleaf.auditing.checks import CHECKS
from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.auditing.finding import Finding
from transferleaf.auditing.subject import Subject, joined

if TYPE_CHECKING:
    from transferleaf.auditing.facts import PhotoFacts
    from transferleaf.datasets.leaf_dataset import LeafDataset
    from transferleaf.datasets.parts.split import Split

WITHOUT_EVIDENCE = (
    "they need the outputs of a network; pass evidence=transferleaf.feature_evidence(data)"
)
_SEVERITIES = ("error", "warning", "note")


def audit(
    data: LeafDataset | Split,
    *,
    evidence: FeatureEvidence | None = None,
    progress: Callable[[int, int], None] | None = None,
    cache: str | os.PathLike[str] | None = None,
) -> Audit:
    """Find problems of a data set that harm training or distort its results.

    Each photo is read once. The results are cached, so a second audit is fast. No file is changed.

    Args:
        data: The photos, or the parts of a split.
        evidence: The result of ``transferleaf.feature_evidence`` for the same photos. Without it,
            the audit does not look for wrong labels and photos without leaves.
        progress: Called after each photo with the number of finished photos and of all photos.
        cache: Folder of the cache. Default: the user's cache folder.

    Returns:
        The audit. You can print it with rich or ``save`` it.

    Raises:
        ConfigError: ``evidence`` is for other photos.
    """
    from transferleaf.auditing.facts import photo_facts

    whole = joined(data)
    facts = photo_facts(whole.paths, progress=progress, cache=cache)
    return run_checks(whole, facts, evidence=evidence)


def run_checks(
    data: LeafDataset,
    facts: Sequence[PhotoFacts],
    *,
    evidence: FeatureEvidence | None = None,
    without_evidence: str = WITHOUT_EVIDENCE,
) -> Audit:
    """Run all checks on photos with known facts.

    Args:
        data: The photos.
        facts: The result of ``photo_facts`` for these photos.
        evidence: As for ``audit``.
        without_evidence: Why there is no evidence, for the report.

    Raises:
        ConfigError: ``facts`` or ``evidence`` are of other photos.
    """
    subject = Subject.compare(data, facts)
    return check_subject(subject, evidence=evidence, without_evidence=without_evidence)


def check_subject(
    subject: Subject,
    *,
    evidence: FeatureEvidence | None = None,
    without_evidence: str = WITHOUT_EVIDENCE,
) -> Audit:
    """Run all checks on photos with known copies; see ``run_checks``."""
    data = subject.data
    found = {check.looks_for: tuple(check.find(subject)) for check in CHECKS}
    not_run = {check.looks_for: reason for check in CHECKS if (reason := check.why_not(subject))}
    if evidence is None:
        not_run |= dict.fromkeys(_EVIDENCE_CHECKS, without_evidence)
    else:
        evidence.check_fits(len(data), len(data.classes))
        found |= {name: find(data, evidence) for name, find in _evidence_checks()}
    findings = [finding for several in found.values() for finding in several]
    return Audit(
        origin=data.origin,
        fingerprint=data.fingerprint(),
        photos=len(data),
        leaves=data.n_leaves,
        class_counts=data.class_counts(),
        part_counts=dict(Counter(data.parts)),
        findings=tuple(sorted(findings, key=lambda found: _SEVERITIES.index(found.severity))),
        passed=tuple(name for name, some in found.items() if not some and name not in not_run),
        not_run=not_run,
    )


_EVIDENCE_CHECKS = ("wrong labels", "photos that are no leaves", "accuracy on other backgrounds")


def _evidence_checks() -> Iterator[
    tuple[str, Callable[[LeafDataset, FeatureEvidence], tuple[Finding, ...]]]
]:
    from transferleaf.auditing.checks.plain_grounds import find_swapped_grounds
    from transferleaf.auditing.label_errors import find_label_errors
    from transferleaf.auditing.outliers import find_outliers

    checks = (find_label_errors, find_outliers, find_swapped_grounds)
    yield from zip(_EVIDENCE_CHECKS, checks, strict=True)
