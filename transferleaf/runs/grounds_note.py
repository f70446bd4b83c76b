"""A note on the backgrounds of the training photos, before a run trains."""

from __future__ import annotations

from transferleaf.scenes.plain_grounds import PlainGrounds

_FEW = 0.5  # below this share, most photos have no background that can be replaced


def grounds_note(augment: str | bool, grounds: PlainGrounds) -> str | None:
    """Return whether scenes can or should be composed. ``None`` without a note.

    Args:
        augment: The augmentation of the run.
        grounds: The backgrounds of the training photos.

    >>> grounds_note("leaf", PlainGrounds(10, 60)) is None
    True
    """
    if augment == "field" and grounds.looked_at and grounds.share < _FEW:
        return (
            f"A leaf on a plain background is found in {grounds.share:.0%} of "
            f"{grounds.looked_at} training photos; the others keep their background."
        )
    if augment != "field" and grounds.is_laboratory:
        return (
            f"{grounds.share:.0%} of the training photos show a leaf on a plain background: the "
            "accuracy in a field is unknown. --augment field, with --freeze IV --head-region leaf, "
            "prepares for other backgrounds."
        )
    return None
