from __future__ import annotations

import subprocess
import sys

import pytest

import transferleaf as tl


@pytest.mark.parametrize("module", ["tensorflow", "keras", "keras_cv", "numpy", "rich"])
def test_importing_the_package_leaves_heavy_modules_alone(module):
    code = f"import sys, transferleaf; print({module!r} in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("name", tl.__all__)
def test_each_public_name_can_be_had(name):
    assert getattr(tl, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Classifier'"):
        tl.Classifier  # noqa: B018


def test_dir_lists_the_public_names():
    assert dir(tl) == sorted(tl.__all__)
