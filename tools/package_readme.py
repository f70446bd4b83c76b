"""The README for package indexes, with links to the repository instead of relative ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

try:
    from hatchling.metadata.plugin.interface import MetadataHookInterface
except ImportError:  # not needed by the tests
    MetadataHookInterface = object

_LINK = re.compile(r"(?<=\]\()(?!https?://|#)[^)\s]+")
_PICTURE = re.compile(r'(?<=src=")(?!https?://)[^"]+')


class PackageReadme(MetadataHookInterface):
    """Sets the README in the metadata of wheels and source distributions. Used by hatchling."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set ``readme``. Called by hatchling."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        readme = with_absolute_links(text, metadata["urls"]["Repository"])
        metadata["readme"] = {"content-type": "text/markdown", "text": readme}


def with_absolute_links(text: str, repository: str) -> str:
    """Replace the relative links of a README.

    Args:
        text: Markdown, with pictures as ``<img>``.
        repository: The URL of the repository on GitHub.

    >>> with_absolute_links("[docs](docs/a.md) [here](#here)", "https://github.com/o/r")
    '[docs](https://github.com/o/r/blob/main/docs/a.md) [here](#here)'
    """
    pictures = _PICTURE.sub(lambda found: f"{repository}/raw/main/{found[0]}", text)
    return _LINK.sub(lambda found: f"{repository}/blob/main/{found[0]}", pictures)
