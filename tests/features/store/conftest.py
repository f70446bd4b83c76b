"""A space in a separate folder."""

from __future__ import annotations

import pytest

from tests.features.store.made import open_space


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def space(folder):
    return open_space(folder)
