"""There are no circular imports between modules.

Imports in functions and imports for types count too. import-linter forbids circles between
packages. Inside a package there is one exception: code that displays, saves or splits a value
imports the class of the value, and the class imports this code in the body of a public method of
that name, as ``DataFrame.plot`` in pandas does. ``DOORS`` lists these methods. Their return types
are imported for type checkers only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "transferleaf").rglob("*.py")
}

DOORS = {
    "advice.advice": "Advice.figure Advice.__rich__ Advice.__str__",
    "auditing.audit": "Audit.__rich__ Audit.__str__",
    "datasets.leaf_dataset": """
        LeafDataset.split LeafDataset.k_fold LeafDataset.save LeafDataset.show
        LeafDataset.to_tf_dataset LeafDataset.table
    """,
    "datasets.parts.split": "Split.table",
    "freezing.plan": "FreezePlan.__rich_console__",
    "freezing.policy": "FreezePolicy.auto FreezePolicy.for_quadrant FreezePolicy.plan",
    "reports.report": "Report._repr_html_ Report.to_markdown Report.save_html",
}
"""Methods whose imports may point up, by module."""

ALL_DOORS = [(module, door) for module, doors in DOORS.items() for door in doors.split()]


def test_no_module_needs_itself_to_be_imported():
    needs = {module: set(_needed(path)) - {module} for module, path in MODULES.items()}

    # Raises CycleError with the modules of a circle.
    order = list(TopologicalSorter(needs).static_order())

    assert set(order) == set(MODULES)


def test_no_module_imports_one_that_imports_it_back():
    order = list(TopologicalSorter(_imports(ALL_DOORS)).static_order())

    assert set(order) == set(MODULES)


@pytest.mark.parametrize("door", ALL_DOORS, ids=lambda door: door[1])
def test_every_door_is_needed(door):
    others = [other for other in ALL_DOORS if other != door]

    with pytest.raises(CycleError):
        TopologicalSorter(_imports(others)).prepare()


def test_what_is_imported_in_a_function_or_for_types_is_not_needed_to_load():
    assert [_names(node)[0] for node in _at_loading(ast.parse(CODE))] == ["a.b", "c", "f"]


def test_everything_counts_and_is_told_with_its_function():
    found = {_names(node)[0]: function for node, function in _everywhere(ast.parse(CODE))}

    assert found == {
        **{"a.b": "", "c": "", "d.e": "TYPE_CHECKING", "f": ""},
        **{"g": "function", "h": "Value.show", "i": "Value.show.inner"},
    }


CODE = """
from a import b
import c
if TYPE_CHECKING:
    from d import e
try:
    import f
except ImportError:
    f = None
def function():
    import g
class Value:
    def show(self):
        import h
        def inner():
            import i
"""


def _imports(doors: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the imports of each module, except in the methods of ``DOORS``."""
    return {
        module: {
            imported
            for imported, function in _all_imports(module)
            if imported != module
            and (name, function) not in doors
            # The return types of these methods.
            and not (name in DOORS and function == "TYPE_CHECKING")
        }
        for module in MODULES
        for name in [module.removeprefix("transferleaf.")]
    }


@cache
def _all_imports(module: str) -> list[tuple[str, str]]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return [(name, function) for node, function in _everywhere(tree) for name in _modules_of(node)]


def _needed(path: Path) -> Iterator[str]:
    for node in _at_loading(ast.parse(path.read_text(encoding="utf-8"))):
        yield from _modules_of(node)


def _modules_of(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for name in _names(node):
        found = name if name in MODULES else name.rpartition(".")[0]
        if found in MODULES:
            yield found


def _everywhere(
    tree: ast.AST, within: str = ""
) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Yield all imports with their function or class."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, within
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _everywhere(node, f"{within}.{node.name}".removeprefix("."))
        else:
            for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            yield from _everywhere(node, "TYPE_CHECKING" if for_types else within)


def _at_loading(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports at module level, in order."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from _at_loading(node)


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]
