from __future__ import annotations

import subprocess
import sys

import pytest

import transferleaf.testing as door


@pytest.mark.parametrize("name", door.__all__)
def test_every_public_name_is_listed(name):
    assert name in dir(door)
    assert door._MODULE_OF[name] in {"contract", "layouts", "subject"}


def test_another_name_is_an_error():
    with pytest.raises(AttributeError) as caught:
        door.check_leaf  # noqa: B018

    assert str(caught.value) == "module 'transferleaf.testing' has no attribute 'check_leaf'"


def test_a_layout_is_checked_without_tensorflow():
    program = (
        "import sys, transferleaf as tl; tl.testing.check_layout; "
        "print(sorted({'tensorflow', 'keras'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
