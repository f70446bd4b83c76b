from __future__ import annotations

import subprocess
import sys

import pytest

import transferleaf.datasets as door


@pytest.mark.parametrize("name", door.__all__)
def test_every_public_name_loads(name):
    assert getattr(door, name).__module__.startswith("transferleaf.")
    assert name in dir(door)


def test_another_name_is_an_error():
    with pytest.raises(AttributeError) as caught:
        door.LeafDatabase  # noqa: B018

    assert str(caught.value) == "module 'transferleaf.datasets' has no attribute 'LeafDatabase'"


def test_data_is_handled_without_tensorflow():
    program = (
        "import sys; from transferleaf.datasets import *; "
        "print(sorted({'tensorflow', 'keras', 'keras_cv', 'rich'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
