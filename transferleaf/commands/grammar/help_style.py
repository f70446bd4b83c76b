"""One style for the parameters in help texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def set_help_style(parameters: Iterable[Any]) -> None:
    """Set the style of the parameters of a command, in place.

    Options have a metavar, but flags and arguments have no type. Defaults have no parentheses,
    whether they are values or descriptions.

    Args:
        parameters: Typer's parameters.
    """
    for each in parameters:
        if each.param_type_name == "argument":
            each.display_type_rich = _no_type
        elif each.metavar is None and each.is_bool_flag:
            each.metavar = ""
        if isinstance(each.show_default, str):
            each._get_default_string = _Default(each.show_default)


def _no_type(ctx: Any) -> None:
    return None


class _Default:
    """The text of a default, in place of typer's method, which adds parentheses."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, **_: Any) -> str:
        return self.text
