"""Whole numbers that a user gave."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.errors import ConfigError
from transferleaf.whole_numbers import whole_number


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_whole_numbers_of_any_kind_are_pythons_own_afterwards(value):
    found = whole_number("epochs", value, minimum=0)

    assert (type(found), found) == (int, 3)


@pytest.mark.parametrize("value", [2.0, "3", None, True, 0, np.int64(-1)])
def test_what_is_no_whole_number_or_too_small_is_refused(value):
    with pytest.raises(ConfigError) as caught:
        whole_number("epochs", value, minimum=1)

    assert str(caught.value) == f"epochs={value!r} must be a whole number of at least 1."
