"""Why a photo is shown, as sentences for people."""

from __future__ import annotations

from collections.abc import Mapping

from transferleaf.reviewing.items import Reason

SENTENCES: Mapping[str, str] = {
    "label-errors": "Looks like {likely} ({likely_probability:.0%}), not {given} "
    "({given_probability:.0%}).",
    "one-photo-two-labels": "The same file is also labelled {other_class}.",
    "near-duplicates-two-labels": "Looks the same as a photo labelled {other_class}.",
    "near-duplicates-across-parts": "Looks the same as a photo of the part {other_part}; this one "
    "is in {part}.",
    "leaves-across-parts": "Shows a leaf that is also in the part {other_part}; this one is in "
    "{part}.",
    "exact-duplicates": "The same file is there twice.",
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
}
"""A sentence for each check whose photos a review shows."""


def sentence(reason: Reason, sentences: Mapping[str, str] = SENTENCES) -> str:
    """Say why a photo is shown.

    Args:
        reason: The reason.
        sentences: A sentence for each check, in the language that is wanted.

    >>> sentence(Reason(check="dark-photos", values={"note": "brightest places 9%"}))
    'Dark (brightest places 9%).'
    """
    return sentences[reason.check].format(**reason.values)
