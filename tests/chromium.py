"""A real browser for tests: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

# Nothing but what a test asks for may use the network.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def chromium() -> Iterator[Any]:
    """Launch the browser; skip the test with a reason where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    found = next(filter(None, map(shutil.which, ["chromium", "chromium-browser"])), None)
    if found is None:
        pytest.skip("there is no Chromium; Debian's package is called chromium")
    # As root, as in a container, Chromium runs only without its sandbox.
    root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=found, args=[*_QUIET, *root])
        yield launched
        launched.close()
