from __future__ import annotations

import ast
import doctest
import shlex
from itertools import groupby

import pytest

import transferleaf as tl
from tests.docs.pages import ROOT, Block, blocks

SESSIONS = [
    (page.relative_to(ROOT).as_posix(), list(group))
    for page, group in groupby(blocks("pycon"), key=lambda block: block.page)
]
COMMANDS = [
    (f"{block.place} {line}", line)
    for block in blocks("sh")
    for line in block.text.splitlines()
    if line.startswith("transferleaf ")
]
# Inspecting TransferClassifier would import TensorFlow.
LOADS_TENSORFLOW = ("TransferClassifier", "advise", "feature_evidence")


@pytest.mark.parametrize(("page", "session"), SESSIONS, ids=[page for page, _ in SESSIONS])
def test_the_output_on_a_page_is_the_printed_one(page, session):
    text = "\n".join(block.text for block in session)
    test = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)

    # Long lines are wrapped on the page.
    results = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)

    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.place)
def test_code_is_valid_python_with_existing_names(block: Block):
    tree = ast.parse(block.text)

    unknown = [
        dotted for dotted in _dotted_names(tree) if dotted.startswith("tl.") and not _exists(dotted)
    ]

    assert unknown == []


@pytest.mark.parametrize(("place", "line"), COMMANDS, ids=[place for place, _ in COMMANDS])
def test_the_options_of_commands_on_pages_exist(place, line):
    from typer.main import get_command

    from transferleaf.cli import app

    verb, *words = shlex.split(line, comments=True)[1:]
    commands = get_command(app).commands
    known = {
        name
        for parameter in commands[verb].params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }

    unknown = {word for word in words if word.startswith("--")} - known

    assert unknown == set()


def _dotted_names(tree: ast.AST) -> list[str]:
    return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]


def _exists(dotted: str) -> bool:
    found: object = tl
    for name in dotted.split("(")[0].split(".")[1:]:
        if name in LOADS_TENSORFLOW:
            return name in tl.__all__
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True
