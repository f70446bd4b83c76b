"""The contract that every backbone keeps, as named checks that a plugin's author can run.

A plugin's test suite needs one line::

    transferleaf.testing.check_backbone(MY_BACKBONE)

or, to see each check by name, runs ``run_check(subject, name)`` over ``CHECKS`` with one
``Subject(MY_BACKBONE)``, which builds the network once for all of them.
"""

from __future__ import annotations

from transferleaf.testing.contract import CHECKS, check_backbone, run_check
from transferleaf.testing.subject import Subject

__all__ = ["CHECKS", "Subject", "check_backbone", "run_check"]
