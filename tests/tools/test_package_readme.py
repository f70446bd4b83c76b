from __future__ import annotations

import re
from pathlib import Path

from tools.package_readme import PackageReadme, with_absolute_links

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/owner/name"


def test_links_and_pictures_lead_to_the_repository():
    text = '[a](docs/a.md#part) <img src="docs/a.png"> [b](https://b.org) [c](#part)'

    assert with_absolute_links(text, REPOSITORY) == (
        f'[a]({REPOSITORY}/blob/main/docs/a.md#part) <img src="{REPOSITORY}/raw/main/docs/a.png"> '
        "[b](https://b.org) [c](#part)"
    )


def test_the_readme_of_a_package_has_no_relative_link(monkeypatch):
    monkeypatch.setattr(PackageReadme, "root", str(ROOT), raising=False)  # set by hatchling
    hook = PackageReadme.__new__(PackageReadme)
    metadata = {"urls": {"Repository": REPOSITORY}}

    hook.update(metadata)

    targets = re.findall(r'\]\(([^)]+)\)|src="([^"]+)"', metadata["readme"]["text"])
    assert len(targets) > 20
    assert all((link or picture).startswith(("https://", "#")) for link, picture in targets)
