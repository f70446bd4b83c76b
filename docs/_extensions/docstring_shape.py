"""Two adjustments of how Sphinx shows docstrings."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.domains.python import PyObject
from sphinx.util import inspect


def show_the_signature_of_init(
    app: Sphinx, kind: str, name: str, documented: Any, options: Any, signature: Any, returns: Any
) -> tuple[str, str] | None:
    """Show the signature of ``__init__`` for Keras models, as autodoc would show ``__new__``."""
    if kind != "class" or signature != "(*args, **kwargs)":
        return None
    told = inspect.signature(documented.__init__, bound_method=True)
    text = inspect.stringify_signature(
        told, show_return_annotation=False, unqualified_typehints=True
    )
    return text, ""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register both."""
    app.connect("autodoc-process-signature", show_the_signature_of_init)
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    return {"parallel_read_safe": True}
