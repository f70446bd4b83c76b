"""Journals that tests left open are closed behind them."""

from __future__ import annotations

import pytest

from tests.reviewing.made import OPENED


@pytest.fixture(autouse=True)
def closed_journals():
    yield
    while OPENED:
        OPENED.pop().close()
