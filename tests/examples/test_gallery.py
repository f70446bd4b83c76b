from __future__ import annotations

import ast

import pytest

from tests.examples.loading import EXAMPLES

PAGE = EXAMPLES.parent / "docs" / "examples.md"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_script_says_how_it_is_run(name):
    docstring = ast.get_docstring(ast.parse((EXAMPLES / name).read_text(encoding="utf-8")))

    assert docstring is not None
    assert f"python examples/{name}" in docstring


@pytest.mark.parametrize("name", [*SCRIPTS, "plugin_backbone"])
def test_each_example_has_its_place_in_the_gallery(name):
    assert f"examples/{name}" in PAGE.read_text(encoding="utf-8")
