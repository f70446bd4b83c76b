"""Texts of a review: the reason for a question, the progress, and when to stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from transferleaf.reviewing.items import Reason
from transferleaf.reviewing.stopping import NEXT

if TYPE_CHECKING:
    from transferleaf.reviewing.outcome import Outcome
    from transferleaf.reviewing.review import Review

SENTENCES: Mapping[str, str] = {
    "label-errors": "Looks like {likely} ({likely_probability:.0%}), not {given} "
    "({given_probability:.0%}).",
    "one-photo-two-labels": "The same file is also labelled {other_class}.",
    "near-duplicates-two-labels": "Looks the same as a photo labelled {other_class}.",
    "near-duplicates-across-parts": "Looks the same as a photo of the part {other_part}; this one "
    "is in {part}.",
    "leaves-across-parts": "Shows a leaf that is also in the part {other_part}; this one is in "
    "{part}.",
    "exact-duplicates": "The same file occurs twice.",
    "near-duplicates": "Looks the same as another photo; both may show the same leaf.",
    "broken-files": "The file cannot be read as a photo: {note}",
    "outliers": "Unlike all other photos; it may not show a leaf ({note}).",
    "tiny-photos": "Very small ({note}).",
    "odd-shapes": "Very long and narrow ({note}).",
    "blurred-photos": "Blurred, or very smooth ({note}).",
    "dark-photos": "Dark ({note}).",
    "over-exposed-photos": "Over-exposed ({note}).",
    "photos-without-content": "Of one colour ({note}).",
    "to-label": "The classifier says {likely} ({likely_probability:.0%}), or {second} "
    "({second_probability:.0%}).",
    "so-far": "Labels reviewed: {reviewed}. Wrong: {wrong} ({share:.0%}).",
    "too-early": "Too few were reviewed, or too few were right, to estimate how many wrong labels "
    "are left.",
    "left": "Wrong labels among the other {others}: about {left} ({low} to {high}).",
    "go-on": "Among the next {next}: about {in_next}. It is worth continuing.",
    "enough": "Among the next {next}: less than one. It is no longer worth continuing.",
    "changed": "Decisions: {decisions}. Relabelled: {relabelled}. Dropped: {dropped}.",
    "changed-new": "Decisions: {decisions}. Labelled: {relabelled}. Dropped: {dropped}.",
    "unreadable": "Left out because they cannot be read: {gone}.",
    "undecided": "No decision was made. The same command continues.",
    "nothing-left": "No photo remains, so no data set was written.",
    "train": "Next: {command}",
    "labelled": "Photos with a label: {labelled}. The classifier was right on {right} of them.",
}
"""Sentences by check, for the progress, and for the results."""


def sentence(reason: Reason, sentences: Mapping[str, str] = SENTENCES) -> str:
    """Return the sentence for a reason.

    Args:
        reason: The reason.
        sentences: Sentences by check, in one language.

    >>> sentence(Reason(check="dark-photos", values={"note": "brightest places 9%"}))
    'Dark (brightest places 9%).'
    """
    return sentences[reason.check].format(**reason.values)


def how_far(review: Review, sentences: Mapping[str, str] = SENTENCES) -> tuple[str, ...]:
    """Describe how many labels were wrong so far, and whether to continue.

    Args:
        review: The review.
        sentences: As for ``sentence``.

    Returns:
        Sentences. Empty before the first decision.
    """
    if review.subject.new:
        made = [each for each in review.decisions() if each.class_name is not None]
        right = sum(each.action == "keep" for each in made)
        values = {"labelled": len(made), "right": right}
        return (sentences["labelled"].format(**values),) if made else ()
    told = review.wrong_labels()
    if not told.reviewed:
        return ()
    so_far = sentences["so-far"].format(
        reviewed=told.reviewed, wrong=told.wrong, share=told.wrong / told.reviewed
    )
    if told.left is None or told.in_next is None:
        return so_far, sentences["too-early"]
    left = sentences["left"].format(
        others=f"{told.others:,}", left=round(told.left), low=told.low, high=told.high
    )
    advice = sentences["enough" if told.enough else "go-on"]
    return so_far, left, advice.format(next=NEXT, in_next=max(1, round(told.in_next)))


def results(
    review: Review,
    outcome: Outcome | None,
    *,
    command: str | None,
    sentences: Mapping[str, str] = SENTENCES,
) -> tuple[str, ...]:
    """Describe what a review changed.

    Args:
        review: The review.
        outcome: Its outcome; ``None`` before the first decision.
        command: The command to train on the result. ``None`` if no photo remains.
        sentences: As for ``sentence``.
    """
    if outcome is None:
        return (sentences["undecided"],)
    changed = sentences["changed-new" if review.subject.new else "changed"].format(
        decisions=len(review.decisions()), relabelled=outcome.relabelled, dropped=outcome.dropped
    )
    gone = sentences["unreadable"].format(gone=len(outcome.gone))
    last = sentences["nothing-left" if command is None else "train"].format(command=command)
    return (changed, *((gone,) if outcome.gone else ()), *how_far(review, sentences), last)
