"""The version of this package, and whose saved files it can load."""

from __future__ import annotations

import re

from transferleaf.errors import ConfigError

__version__ = "0.2.0"


def check_version(version: str) -> None:
    """Refuse what a later version saved: it may hold what this one knows nothing of.

    Raises:
        ConfigError: ``version`` is later than the installed one, or is no version.

    >>> check_version("0.0.9")
    """
    # A file may say anything: of numbers without end, Python refuses to make an int.
    if not isinstance(version, str) or not re.match(r"\d{1,9}\.\d{1,9}(?!\d)", version):
        raise ConfigError("transferleaf_version", version, "be a version such as '0.1.0'")
    if _numbers(version) > _numbers(__version__):
        must = (
            f"be at most {__version__}, the version that is installed; to load what a later one "
            f'saved: pip install --upgrade "transferleaf>={version}"'
        )
        raise ConfigError("transferleaf_version", version, must)


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a release; what follows them, such as ``.dev1``, does not matter.

    >>> _numbers("1.10.2.dev1")
    (1, 10, 2)
    """
    release = re.match(r"\d{1,9}(\.\d{1,9}(?!\d))*", version)
    return tuple(int(number) for number in release.group().split(".")) if release else ()
