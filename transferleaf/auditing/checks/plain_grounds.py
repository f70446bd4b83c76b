"""The check whether nearly all photos show a leaf on a plain background, as in a laboratory."""

from __future__ import annotations

from collections.abc import Iterator

from transferleaf.auditing.finding import Finding
from transferleaf.auditing.subject import Subject
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
            "--augment field.",
            sure=f"measured on {found.looked_at} photos",
            figures={"plain": round(found.share, 4), "photos": found.looked_at},
        )


def too_few_for_grounds(subject: Subject) -> str | None:
    """Return why backgrounds cannot be checked; ``None`` if they can."""
    few = len(subject.readable) < FEWEST
    return f"fewer than {FEWEST} photos can be read" if few else None
