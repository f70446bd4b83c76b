"""Checks that test whether a backbone or a layout follows its contract, for authors of plugins.

A plugin's test suite needs one line::

    transferleaf.testing.check_backbone(MY_BACKBONE)
    transferleaf.testing.check_layout(MY_LAYOUT, a_folder_in_that_layout)

or, to see each check by name, runs ``run_backbone_check(subject, name)`` over
``BACKBONE_CHECKS`` with one
``BackboneSubject(MY_BACKBONE)``, which builds the network once for all of them, and
``run_layout_check(subject, name)`` over ``LAYOUT_CHECKS`` with one
``LayoutSubject(MY_LAYOUT, folder)``.

Names load on first use, so that checking a layout needs no TensorFlow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transferleaf.testing.contract import BACKBONE_CHECKS, check_backbone, run_backbone_check
    from transferleaf.testing.layouts import (
        LAYOUT_CHECKS,
        LayoutSubject,
        check_layout,
        run_layout_check,
    )
    from transferleaf.testing.subject import BackboneSubject

__all__ = [
    "BACKBONE_CHECKS",
    "LAYOUT_CHECKS",
    "BackboneSubject",
    "LayoutSubject",
    "check_backbone",
    "check_layout",
    "run_backbone_check",
    "run_layout_check",
]

_MODULE_OF = {
    "BACKBONE_CHECKS": "contract",
    "LAYOUT_CHECKS": "layouts",
    "LayoutSubject": "layouts",
    "BackboneSubject": "subject",
    "check_backbone": "contract",
    "check_layout": "layouts",
    "run_backbone_check": "contract",
    "run_layout_check": "layouts",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
