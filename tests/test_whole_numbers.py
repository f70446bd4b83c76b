"""Validation of whole numbers."""

from __future__ import annotations

import numpy as np
import pytest

from transferleaf.errors import ConfigError
from transferleaf.whole_numbers import whole_number


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_whole_numbers_of_any_type_become_ints(value):
    found = whole_number("epochs", value, minimum=0)

    assert (type(found), found) == (int, 3)


@pytest.mark.parametrize("value", [2.0, "3", None, True, 0, np.int64(-1)])
def test_other_values_and_small_numbers_are_refused(value):
    with pytest.raises(ConfigError) as caught:
        whole_number("epochs", value, minimum=1)

    assert str(caught.value) == f"epochs={value!r} must be a whole number of at least 1."
