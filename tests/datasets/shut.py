"""Unreadable folders, also for tests that run as root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shut(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Make listing some folders fail."""
    listed = os.scandir

    def refuse(folder="."):
        if Path(folder) in folders:
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", refuse)
