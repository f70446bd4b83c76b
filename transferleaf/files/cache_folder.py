"""The cache folder, which contains everything that can be computed again, such as features."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

FOLDER_VARIABLE = "TRANSFERLEAF_CACHE"


def cache_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Return the path of the cache folder. Nothing is created.

    Args:
        folder: A folder. Default: the value of ``TRANSFERLEAF_CACHE``, or the cache folder of the
            user on this operating system.
    """
    # A shell can unset a variable for a single command by making it empty.
    named = folder or os.environ.get(FOLDER_VARIABLE)
    if not named:
        return platformdirs.user_cache_path("transferleaf", appauthor=False)
    return Path(named).expanduser().absolute()
