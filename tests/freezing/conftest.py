"""A backbone of three stages, as plain values."""

from __future__ import annotations

import pytest

from transferleaf.freezing import BackboneLayers, LayerInfo


@pytest.fixture
def layers() -> BackboneLayers:
    """Stages low, mid and high with a convolution and a batch norm each."""
    infos = [
        LayerInfo(
            name=f"{stage}_{kind}",
            stage=position,
            parameters=parameters,
            batch_norm=kind == "bn",
            multiply_adds=0 if kind == "bn" else 1000,
        )
        for position, stage in enumerate(["low", "mid", "high"])
        for kind, parameters in [("conv", 100 * (position + 1)), ("bn", 10)]
    ]
    return BackboneLayers(
        name="toy",
        stages=("low", "mid", "high"),
        widths=(4, 8, 16),
        strides=(2, 4, 8),
        layers=tuple(infos),
    )
