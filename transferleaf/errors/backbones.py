"""Errors of backbones and their weights."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from transferleaf.errors.base import TransferLeafError


class BackboneError(TransferLeafError):
    """A backbone or its weights have a problem."""


# ValueError, not KeyError: KeyError prints its message inside quotes.
class UnknownBackboneError(BackboneError, ValueError):
    """No registered backbone has this name."""

    def __init__(self, name: str, *, available: Sequence[str]) -> None:
        self.name = name
        self.available = tuple(available)
        close = difflib.get_close_matches(name, available, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"choose one of {list(available)}."
        super().__init__(f"no backbone is called {name!r}; {hint}")


class DuplicateBackboneError(BackboneError, ValueError):
    """A backbone with this name is already registered."""

    def __init__(self, name: str, *, distributions: Sequence[str] = ()) -> None:
        self.name = name
        self.distributions = tuple(distributions)
        super().__init__(
            f"the installed distributions {list(distributions)} all provide a backbone called "
            f"{name!r}; uninstall all but one."
            if distributions
            else f"a backbone called {name!r} is registered already; give yours another name."
        )


class BackbonePluginError(BackboneError, ImportError):
    """A backbone plugin cannot be loaded."""

    def __init__(self, name: str, *, entry_point: str, distribution: str, reason: str) -> None:
        self.backbone = name
        self.entry_point = entry_point
        self.distribution = distribution
        super().__init__(
            f"the backbone {name!r} comes from the entry point {entry_point!r} of the installed "
            f"distribution {distribution!r}, which failed: {reason}. "
            f"Update or uninstall {distribution!r}."
        )


class BackboneStructureError(BackboneError, ValueError):
    """A network cannot be divided into the given stages."""

    def __init__(self, backbone: str, reason: str) -> None:
        self.backbone = backbone
        super().__init__(f"the network {backbone!r} cannot be used as a backbone: {reason}")


class BackboneContractError(BackboneError, AssertionError):
    """A backbone failed a check of ``check_backbone``."""

    def __init__(self, backbone: str, check: str, reason: str) -> None:
        self.backbone = backbone
        self.check = check
        super().__init__(f"{backbone!r} fails the check {check!r}: {reason}")


class WeightsNotFoundError(BackboneError, FileNotFoundError):
    """A weights file does not exist."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"the weights file {str(path)!r} does not exist; name a .weights.h5, .h5, .keras "
            'or .safetensors file, "imagenet" for the pretrained weights, or none for random '
            "values."
        )


class PretrainedWeightsError(BackboneError, RuntimeError):
    """The pretrained weights are not available."""

    def __init__(
        self,
        backbone: str,
        *,
        source: str,
        reason: str,
        remedy: str = "Connect to the network once, or pass a downloaded weights file",
    ) -> None:
        self.backbone = backbone
        self.source = source
        self.reason = reason
        super().__init__(
            f"the pretrained weights of {backbone!r} are not available from {source} ({reason}). "
            f"{remedy}; {_weights_without_a_network(backbone)}"
        )


def _weights_without_a_network(backbone: str) -> str:
    random = "to train from random weights, pass weights=None or --weights none."
    if backbone == "efficientnet_lite0":
        return random
    return (
        "the backbone 'efficientnet_lite0' is installed with its ImageNet weights and works "
        "offline; " + random
    )


class WeightsFileError(BackboneError, ValueError):
    """A weights file is damaged or has another format than its name says."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{str(path)!r} cannot be read as a weights file: {reason}. "
            "Nothing was loaded; get the file again or name another one."
        )


class WeightsMismatchError(BackboneError, ValueError):
    """A weights file does not fit the network."""

    def __init__(self, path: Path, backbone: str, detail: str) -> None:
        self.path = path
        self.backbone = backbone
        super().__init__(f"the weights in {str(path)!r} do not fit {backbone!r}: {detail}")
