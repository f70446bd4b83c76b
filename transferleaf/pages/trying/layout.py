"""The templates and texts of the page."""

from __future__ import annotations

from pathlib import Path

from transferleaf.datasets.labels import parse_label
from transferleaf.pages.site.layout import Layout

FOLDER = Path(__file__).parent
"""Folder of templates, texts and static files."""

TRYING = Layout.of(FOLDER)
TRYING.environment.filters["title_of"] = lambda name: parse_label(name).title
