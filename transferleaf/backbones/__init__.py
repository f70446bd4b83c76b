"""Pretrained backbones by name: their specifications, stages and construction.

Listing and reading specifications does not import Keras. It is imported when a backbone is built.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from transferleaf.backbones.registry import (
    BackboneRegistry,
    get_backbone,
    list_backbones,
    register_backbone,
)
from transferleaf.backbones.spec import BackboneSpec, PixelConvention, Stage

if TYPE_CHECKING:
    from transferleaf.backbones.backbone import Backbone
    from transferleaf.backbones.pixels import PixelNormalization
    from transferleaf.backbones.weights.building import build_backbone

__all__ = [
    "Backbone",
    "BackboneRegistry",
    "BackboneSpec",
    "PixelConvention",
    "PixelNormalization",
    "Stage",
    "build_backbone",
    "get_backbone",
    "list_backbones",
    "register_backbone",
]

# These names import Keras, which takes seconds, so they load on first use.
_NEED_KERAS = {
    "Backbone": "backbone",
    "PixelNormalization": "pixels",
    "build_backbone": "weights.building",
}


def __getattr__(name: str) -> Any:
    if name not in _NEED_KERAS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Imported first: it registers our classes, which imports these modules, and none of them may be
    # half imported at that time.
    import_module("keras")
    return getattr(import_module(f"{__name__}.{_NEED_KERAS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
