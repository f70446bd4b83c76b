"""Check for the packages of the extra ``serve`` before work begins."""

from __future__ import annotations

from importlib.util import find_spec

from transferleaf.errors import MissingExtraError

_EXTRA = "serve"
# Package names by module.
_PACKAGES = {
    "starlette": "starlette",
    "uvicorn": "uvicorn",
    "python_multipart": "python-multipart",
}


def need_site_packages(why: str) -> None:
    """Check for all packages that a page in the browser needs.

    Args:
        why: What needs the packages, as the beginning of a sentence.

    Raises:
        MissingExtraError: A package is not installed.
    """
    for module, package in _PACKAGES.items():
        if find_spec(module) is None:
            raise MissingExtraError(package, extra=_EXTRA, why=why)
