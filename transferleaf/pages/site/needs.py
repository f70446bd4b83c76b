"""The packages that only the extra ``serve`` installs, asked for before work begins."""

from __future__ import annotations

from importlib.util import find_spec

from transferleaf.errors import MissingExtraError

_EXTRA = "serve"
# By module: the package that holds it.
_PACKAGES = {
    "starlette": "starlette",
    "uvicorn": "uvicorn",
    "python_multipart": "python-multipart",
}


def need_site_packages(why: str) -> None:
    """Ask for all that a page in the browser needs.

    Args:
        why: What needs it, as the beginning of a sentence.

    Raises:
        MissingExtraError: A package is not installed.
    """
    for module, package in _PACKAGES.items():
        if find_spec(module) is None:
            raise MissingExtraError(package, extra=_EXTRA, why=why)
