"""The package version, and a check whether this version can load a saved file."""

from __future__ import annotations

import re

from transferleaf.errors import ConfigError

__version__ = "0.2.0"


def check_version(version: str) -> None:
    """Refuse a file that a later version saved, because it may contain unknown settings.

    Raises:
        ConfigError: ``version`` is later than the installed one, or is not a version.

    >>> check_version("0.0.9")
    """
    # A file may contain anything. Python refuses to convert extremely long numbers.
    if not isinstance(version, str) or not re.match(r"\d{1,9}\.\d{1,9}(?!\d)", version):
        raise ConfigError("transferleaf_version", version, "be a version such as '0.1.0'")
    if _numbers(version) > _numbers(__version__):
        must = (
            f"be at most {__version__}, the version that is installed; to load what a later one "
            f'saved: pip install --upgrade "transferleaf>={version}"'
        )
        raise ConfigError("transferleaf_version", version, must)


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a release. A suffix, such as ``.dev1``, is ignored.

    >>> _numbers("1.10.2.dev1")
    (1, 10, 2)
    """
    release = re.match(r"\d{1,9}(\.\d{1,9}(?!\d))*", version)
    return tuple(int(number) for number in release.group().split(".")) if release else ()
