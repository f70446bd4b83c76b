"""Recognition of copies of a photo by the suffixes of their file names."""

from __future__ import annotations

import re

# Suffixes in Kaggle's "New Plant Diseases Dataset": "_90deg", "_flipLR", "_new30degFlipTB",
# "_newPixel25", "_newGRR".
_OFFLINE = r"_(?:(?:new)?\d{1,3}deg(?:flip(?:LR|TB))?|flip(?:LR|TB)|newPixel\d+|newGRR)"

# Suffixes of users and scripts: "-hflip", "_mirrored", "_rotated_90", "_augmented_2". "_rot90" and
# "_aug_3" are not included, because black_rot is a disease and August a month.
_CHANGED = r"[ _-](?:[hv]?flip(?:ped)?|mirror(?:ed)?|rotated?[ _-]?\d{0,3}|augmented[ _-]?\d*)"

# Suffixes of file managers: " copy", " copy 2", " - Copy (3)".
_COPIED = r"(?: - | |_|-)copy(?: ?\(?\d+\)?)?"

# Roboflow names each copy of "IMG_1.JPG" like "IMG_1_JPG.rf.0f3a...".
_EXPORTED = r"[_-](?:jpe?g|png|bmp|webp|tiff?)\.rf\.[0-9a-z]{16,}"

_ANY = rf"(?:{_OFFLINE}|{_CHANGED}|{_COPIED}|{_EXPORTED})"
_COPY = re.compile(rf"(?P<base>.*?\S){_ANY}+ *", re.IGNORECASE | re.DOTALL)
_OFFLINE_COPY = re.compile(rf".*\S{_OFFLINE}{_ANY}* *", re.IGNORECASE | re.DOTALL)


def base_photo(stem: str) -> str:
    """Return the name of the original photo, without the suffixes of copies.

    Args:
        stem: A file name without extension.

    Returns:
        The name of the original photo, or ``stem`` if it has no such suffix.

    >>> base_photo("leaf123_180deg copy 2"), base_photo("leaf123")
    ('leaf123', 'leaf123')
    """
    match = _COPY.fullmatch(stem)
    return stem if match is None else match["base"]


def is_offline_copy(stem: str) -> bool:
    """Return whether a name is that of a copy that was rotated, mirrored or recoloured on disk.

    Args:
        stem: A file name without extension.

    Source:
        The file names of Kaggle's "New Plant Diseases Dataset".

    >>> is_offline_copy("leaf123_newPixel25"), is_offline_copy("leaf123 copy")
    (True, False)
    """
    return _OFFLINE_COPY.fullmatch(stem) is not None
