"""The questions of a review from the findings of an audit, most suspicious first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from transferleaf.reviewing.items import KINDS, Kind, Reason, ReviewItem

if TYPE_CHECKING:
    from transferleaf.auditing.audit import Audit
    from transferleaf.auditing.evidence import FeatureEvidence
    from transferleaf.auditing.finding import Finding
    from transferleaf.datasets.leaf_dataset import LeafDataset

# The most harmful first: a photo without a leaf is worse than a dark photo.
_QUALITY = (
    "broken-files",
    "photos-without-content",
    "outliers",
    "over-exposed-photos",
    "dark-photos",
    "tiny-photos",
    "blurred-photos",
    "odd-shapes",
)


def audit_queue(
    data: LeafDataset, audit: Audit, evidence: FeatureEvidence | None
) -> tuple[ReviewItem, ...]:
    """Turn the findings of an audit into questions, the most suspicious first.

    There is one question per photo and kind, with all reasons. Doubtful labels come first, in the
    order of ``label_suspicions``. They include all photos that the model assigns to another class,
    not only those in the audit, so that a review can continue as long as it is useful.

    Args:
        data: The audited photos.
        audit: Its findings.
        evidence: The evidence of the audit, or ``None``.

    Returns:
        The questions. Findings on whole classes are left out.
    """
    at = {name: position for position, name in enumerate(data.names)}
    found = {finding.check: finding for finding in audit.findings}
    suspicions = label_suspicions(data, evidence)
    questions = [
        *_double_labels(data, found, at, suspicions),
        *_doubtful_labels(data, evidence, suspicions),
        *_leaks(data, found, at),
        *_poor_photos(data, found, at),
        *_copies(data, found, at),
    ]
    return _merged(questions)


def label_suspicions(
    data: LeafDataset, evidence: FeatureEvidence | None
) -> npt.NDArray[np.float64]:
    """Return the probability that each label is wrong, shape ``(n_photos,)``, in [0, 1].

    It is the total probability of all other classes from a model that was not trained on the leaf.
    NaN for unreadable photos and without evidence.
    """
    if evidence is None:
        return np.full(len(data), np.nan)
    own = evidence.probabilities[np.arange(len(data)), data.labels]
    return np.asarray(1.0 - own, np.float64)


def _item(data: LeafDataset, photo: int, kind: Kind, reason: Reason, **facts: object) -> ReviewItem:
    return ReviewItem(
        key=f"{kind}:{data.names[photo]}",
        photo=photo,
        kind=kind,
        reasons=(reason,),
        given=int(data.labels[photo]),
        **facts,  # type: ignore[arg-type]
    )


def _double_labels(
    data: LeafDataset,
    found: dict[str, Finding],
    at: dict[str, int],
    suspicions: npt.NDArray[np.float64],
) -> Iterator[ReviewItem]:
    """Yield copies with different labels, except the one with the most probable label."""
    doubts = np.nan_to_num(suspicions, nan=0.5)
    for check in ("one-photo-two-labels", "near-duplicates-two-labels"):
        for group in found[check].groups if check in found else ():
            photos = sorted((at[name] for name in group), key=lambda photo: doubts[photo])
            for photo in photos[1:]:
                others = [each for each in photos if data.labels[each] != data.labels[photo]]
                other = others[0]
                if check == "near-duplicates-two-labels" and other != photos[0]:
                    continue  # it has the most probable label
                yield _item(
                    data,
                    photo,
                    "label",
                    Reason(check=check, values={"other_class": data.classes[data.labels[other]]}),
                    proposed=int(data.labels[other]),
                    action="drop" if check == "one-photo-two-labels" else "relabel",
                    other=other,
                    # At most one label of equal files is correct, independent of the model.
                    suspicion=1.0 if check == "one-photo-two-labels" else float(doubts[photo]),
                )


def _doubtful_labels(
    data: LeafDataset,
    evidence: FeatureEvidence | None,
    suspicions: npt.NDArray[np.float64],
) -> Iterator[ReviewItem]:
    if evidence is None:
        return
    likely = np.nan_to_num(evidence.probabilities, nan=-1.0).argmax(axis=1)
    for photo in np.flatnonzero(evidence.read & (likely != data.labels)).tolist():
        given, other = int(data.labels[photo]), int(likely[photo])
        values: dict[str, str | float] = {
            "likely": data.classes[other],
            "likely_probability": float(evidence.probabilities[photo, other]),
            "given": data.classes[given],
            "given_probability": float(evidence.probabilities[photo, given]),
        }
        yield _item(
            data,
            photo,
            "label",
            Reason(check="label-errors", values=values),
            proposed=other,
            action="relabel",
            suspicion=float(suspicions[photo]),
        )


def _leaks(
    data: LeafDataset, found: dict[str, Finding], at: dict[str, int]
) -> Iterator[ReviewItem]:
    """Yield photos of a later part that show a leaf of an earlier part; copies first."""
    if not data.parts:
        return
    order = {part: place for place, part in enumerate(("train", "val", "valid", "validation"))}

    def place(photo: int) -> int:
        return order.get(data.parts[photo], len(order))

    def pairs() -> Iterator[tuple[str, int, int]]:
        if "near-duplicates-across-parts" in found:
            for group in found["near-duplicates-across-parts"].groups:
                first, *rest = sorted((at[name] for name in group), key=place)
                for photo in rest:
                    if place(photo) > place(first):
                        yield "near-duplicates-across-parts", photo, first
        if "leaves-across-parts" in found:
            firsts: dict[str | None, int] = {}
            for photo in sorted(range(len(data)), key=place):
                firsts.setdefault(data.leaves[photo], photo)
            for name in found["leaves-across-parts"].photos:
                yield "leaves-across-parts", at[name], firsts[data.leaves[at[name]]]

    for check, photo, first in pairs():
        values = {"part": data.parts[photo], "other_part": data.parts[first]}
        reason = Reason(check=check, values=values)
        yield _item(data, photo, "leak", reason, action="drop", other=first)


def _poor_photos(
    data: LeafDataset, found: dict[str, Finding], at: dict[str, int]
) -> Iterator[ReviewItem]:
    for check in _QUALITY:
        for name in found[check].photos if check in found else ():
            reason = Reason(check=check, values={"note": found[check].notes.get(name, "")})
            yield _item(data, at[name], "quality", reason, action="drop")


def _copies(
    data: LeafDataset, found: dict[str, Finding], at: dict[str, int]
) -> Iterator[ReviewItem]:
    if "exact-duplicates" in found:
        # The last copy is kept, which is in the latest part, as in audit --fix.
        for group in found["exact-duplicates"].groups:
            *rest, last = (at[name] for name in group)
            for photo in rest:
                reason = Reason(check="exact-duplicates")
                yield _item(data, photo, "copy", reason, action="drop", other=last)
    if "near-duplicates" in found:
        for group in found["near-duplicates"].groups:
            first, *rest = (at[name] for name in group)
            for photo in rest:
                reason = Reason(check="near-duplicates")
                yield _item(data, photo, "copy", reason, action="same-leaf", other=first)


def _merged(questions: Sequence[ReviewItem]) -> tuple[ReviewItem, ...]:
    """Return one question per photo and kind, with all reasons; labels by suspicion."""
    merged: dict[str, ReviewItem] = {}
    for item in questions:
        if item.key not in merged:
            merged[item.key] = item
            continue
        first = merged[item.key]
        merged[item.key] = replace(
            first,
            reasons=first.reasons + item.reasons,
            suspicion=max(first.suspicion, item.suspicion),
        )
    return tuple(
        sorted(merged.values(), key=lambda item: (KINDS.index(item.kind), -item.suspicion))
    )
