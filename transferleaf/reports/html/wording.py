"""Numbers and names as the page writes them."""

from __future__ import annotations

import math

from transferleaf.wording import percent

NOT_MEASURED = "\N{EN DASH}"


def share(value: float | None) -> str:
    r"""Write a share of 1 in percent, or a dash where it was not measured.

    >>> share(0.9643), ascii(share(None))
    ('96.4%', "'\\u2013'")
    """
    return NOT_MEASURED if value is None else percent(value)


def score(value: float) -> str:
    """Write a small number with three digits after the point.

    >>> score(0.01234)
    '0.012'
    """
    return f"{value:.3f}"


def class_title(name: str) -> str:
    """Write a class name for people: crop and disease with blanks for underscores.

    >>> class_title("Corn_(maize)___Common_rust_"), class_title("leaf_rust")
    ('Corn (maize): Common rust', 'leaf rust')
    """
    parts = [" ".join(part.replace("_", " ").split()) for part in name.split("___", maxsplit=1)]
    return ": ".join(parts) if all(parts) else name


def duration(seconds: float) -> str:
    """Write how long something took.

    >>> duration(9.54), duration(75), duration(7_260)
    ('9.5 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(math.floor(seconds), 60)
    hours, of_hour = divmod(minutes, 60)
    return f"{hours} h {of_hour} min" if hours else f"{minutes} min {rest} s"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Say how many, in the singular or the plural.

    >>> counted(1, "leaf", "leaves"), counted(1200, "photo")
    ('1 leaf', '1,200 photos')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
