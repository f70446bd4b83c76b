from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from transferleaf.datasets.moved import MOVED

SHOWN = {
    "auditing.cleaning": "Removal",
    "auditing.evidence": "FeatureEvidence",
    "facts.photo_facts": "PhotoFacts",
    "leaks": "LeakReport",
}


@pytest.mark.parametrize(("module", "name"), SHOWN.items())
def test_old_names_work_with_a_warning(module, name):
    old = importlib.import_module(f"transferleaf.datasets.{module}")

    with pytest.warns(
        DeprecationWarning, match=f"is now {MOVED[module]}; the old name will be removed in"
    ):
        found = getattr(old, name)

    assert found is getattr(importlib.import_module(MOVED[module]), name)


def test_an_old_name_may_be_the_first_that_is_imported():
    program = "from transferleaf.auditing.cleaning import Removal; print(Removal.__name__)"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "Removal\n"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Cleaner'"):
        importlib.import_module("transferleaf.auditing.cleaning").Cleaner  # noqa: B018
