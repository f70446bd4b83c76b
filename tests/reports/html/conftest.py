"""The example pages, each rendered once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.reports.html import examples
from transferleaf.reports.html import page


@pytest.fixture(scope="session")
def page_of() -> Callable[[str], str]:
    """Gives the page of the example report with that name."""
    return cache(lambda name: page(getattr(examples, name)()))
