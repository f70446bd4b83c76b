"""Modules do not import each other in a circle as they load.

Between packages import-linter allows no circle at all. Inside a package a value may reach what
shows it, such as its table, in the body of a method; the table imports the value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "transferleaf").rglob("*.py")
}


def test_no_module_needs_itself_to_be_loaded():
    needs = {module: set(_needed(path)) - {module} for module, path in MODULES.items()}

    # Raises CycleError with the modules of a circle.
    order = list(TopologicalSorter(needs).static_order())

    assert set(order) == set(MODULES)


def test_what_is_imported_in_a_function_or_for_types_is_not_needed_to_load():
    code = """
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
"""

    assert [_names(node)[0] for node in _at_loading(ast.parse(code))] == ["a.b", "c", "f"]


def _needed(path: Path) -> Iterator[str]:
    for node in _at_loading(ast.parse(path.read_text(encoding="utf-8"))):
        for name in _names(node):
            found = name if name in MODULES else name.rpartition(".")[0]
            if found in MODULES:
                yield found


def _at_loading(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Find the imports that are done as a module loads, in their order."""
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
