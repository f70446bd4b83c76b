"""Formatting of numbers and names for the page."""

from __future__ import annotations

from transferleaf.text.wording import percent

NOT_MEASURED = "\N{EN DASH}"


def share(value: float | None) -> str:
    r"""Format a fraction as a percentage, or as a dash if there is none.

    >>> share(0.9643), ascii(share(None))
    ('96.4%', "'\\u2013'")
    """
    return NOT_MEASURED if value is None else percent(value)


def score(value: float) -> str:
    """Format a number with three decimal places.

    >>> score(0.01234)
    '0.012'
    """
    return f"{value:.3f}"


def class_title(name: str) -> str:
    """Return a class name with crop and disease, and blanks instead of underscores.

    >>> class_title("Corn_(maize)___Common_rust_"), class_title("leaf_rust")
    ('Corn (maize): Common rust', 'leaf rust')
    """
    parts = [" ".join(part.replace("_", " ").split()) for part in name.split("___", maxsplit=1)]
    return ": ".join(parts) if all(parts) else name


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun, in the singular or the plural.

    >>> counted(1, "leaf", "leaves"), counted(1200, "photo")
    ('1 leaf', '1,200 photos')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
