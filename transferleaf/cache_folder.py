"""Where everything lies that can be computed again: features, facts of photos."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

FOLDER_VARIABLE = "TRANSFERLEAF_CACHE"


def cache_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Say where the cache lies; nothing is created.

    Args:
        folder: A folder; ``None`` takes the one that ``TRANSFERLEAF_CACHE`` names, or else the
            place where this system keeps a user's caches.
    """
    # An empty variable is how a shell unsets one for a single command.
    named = folder or os.environ.get(FOLDER_VARIABLE)
    if not named:
        return platformdirs.user_cache_path("transferleaf", appauthor=False)
    return Path(named).expanduser().absolute()
