"""The check whether nearly all photos show a leaf on a plain background, as in a laboratory."""

from __future__ import annotations

from collections.abc import Iterator

from transferleaf.auditing.evidence import FeatureEvidence
from transferleaf.auditing.finding import Finding
from transferleaf.auditing.subject import Subject
from transferleaf.datasets.leaf_dataset import LeafDataset
from transferleaf.scenes.plain_grounds import FEWEST, look_for_plain_grounds


def find_plain_grounds(subject: Subject) -> Iterator[Finding]:
    """Find out whether nearly all photos are from a laboratory."""
    readable = subject.readable
    found = look_for_plain_grounds([subject.data.paths[at] for at in readable])
    if found.is_laboratory:
        yield Finding(
            check="plain-grounds",
            title=f"{found.share:.0%} of the photos show a leaf on a plain background",
            severity="note",
            count=len(readable),
            advice="Accuracy in a field is unknown. Test on field photos; train with "
            "--freeze IV --head-region leaf --augment field.",
            sure=f"measured on {found.looked_at} photos",
            figures={"plain": round(found.share, 4), "photos": found.looked_at},
        )


def find_swapped_grounds(data: LeafDataset, evidence: FeatureEvidence) -> tuple[Finding, ...]:
    """Report how much the accuracy falls if the leaves are placed on other backgrounds."""
    swap = evidence.swap
    if swap is None or swap.swapped.high >= swap.accuracy.value:
        return ()
    before, after = swap.accuracy, swap.swapped
    return (
        Finding(
            check="other-backgrounds",
            title=f"A model is right on {before.value:.0%} of the photos, and on {after.value:.0%} "
            "if the leaf is on another background",
            severity="warning",
            count=swap.photos,
            advice="A model of these photos depends on their background. Train with --freeze IV "
            "--head-region leaf --augment field, and test on field photos.",
            sure=f"measured on {swap.photos} photos of leaves that the model on "
            f"{evidence.backbone} has not seen; {after.low:.0%} to {after.high:.0%} with other "
            "backgrounds",
            figures={
                "accuracy": round(before.value, 4),
                "swapped": round(after.value, 4),
                "swapped_low": round(after.low, 4),
                "swapped_high": round(after.high, 4),
                "photos": swap.photos,
            },
        ),
    )


def too_few_for_grounds(subject: Subject) -> str | None:
    """Return why backgrounds cannot be checked; ``None`` if they can."""
    few = len(subject.readable) < FEWEST
    return f"fewer than {FEWEST} photos can be read" if few else None
