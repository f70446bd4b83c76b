"""Folders that may not be read, whoever runs the tests: root may read all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shut(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Let the system refuse to list some folders."""
    listed = os.scandir

    def refuse(folder="."):
        if Path(folder) in folders:
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(os, "scandir", refuse)
