"""Numbers and names as the page writes them."""

from __future__ import annotations

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


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Say how many, in the singular or the plural.

    >>> counted(1, "leaf", "leaves"), counted(1200, "photo")
    ('1 leaf', '1,200 photos')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
