"""The architecture page shows the actual packages."""

from __future__ import annotations

import re
import sys

import pytest

from tests.docs.pages import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = PAGE.split("```")[1].splitlines()[1:]
PATHS = re.findall(r"`([\w/]+(?:/|\.py))`", PAGE)


def test_the_picture_shows_the_layers_that_are_checked():
    [contract] = [
        contract
        for contract in _project()["tool"]["importlinter"]["contracts"]
        if contract["name"] == "Imports point down"
    ]

    layers = [
        {module.removeprefix("transferleaf.") for module in layer.split(" | ")}
        for layer in contract["layers"]
    ]

    *shown, lowest = [set(re.split(r" {2,}", row)[0].split(" | ")) for row in PICTURE]

    assert shown == layers[: len(shown)]
    assert lowest - {"..."} <= set().union(*layers[len(shown) :])


def test_the_picture_shows_every_package():
    packages = {path.parent.name for path in (ROOT / "transferleaf").glob("*/__init__.py")}

    assert packages <= {name for row in PICTURE for name in row.split()}


@pytest.mark.parametrize("path", PATHS)
def test_a_module_that_it_names_is_there(path):
    assert (ROOT / "transferleaf" / path).exists() or (ROOT / path).exists()


def _project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
