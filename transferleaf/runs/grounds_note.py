"""What the grounds of the training photos mean for a run, as a note before it trains."""

from __future__ import annotations

from transferleaf.scenes.plain_grounds import PlainGrounds

_FEW = 0.5  # below, most photos have no ground that can be replaced


def grounds_note(augment: str | bool, grounds: PlainGrounds) -> str | None:
    """Say whether scenes can be composed, or should be; ``None`` where there is nothing to say.

    Args:
        augment: The augmentation of the run.
        grounds: Those of the training photos.

    >>> grounds_note("leaf", PlainGrounds(10, 60)) is None
    True
    """
    if augment == "field" and grounds.looked_at and grounds.share < _FEW:
        return (
            f"A leaf on a plain ground is found in {grounds.share:.0%} of "
            f"{grounds.looked_at} training photos; the others keep their background."
        )
    if augment != "field" and grounds.is_laboratory:
        return (
            f"{grounds.share:.0%} of the training photos show a leaf on a plain ground: the "
            "accuracy in a field is unknown. --augment field prepares for other backgrounds."
        )
    return None
