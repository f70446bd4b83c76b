"""Shared code of the PyTorch contenders: network names, and pretrained weights from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

TIMM_NAMES = {"efficientnet_lite0": "tf_efficientnet_lite0", "resnet50": "resnet50"}


def load_weights(network: torch.nn.Module, path: Path) -> None:
    """Load weights that a file contains in network order.

    Args:
        network: Its tensors are in the same order. Additional ones, such as a classifier, keep
            their values.
        path: A file from ``our_classifier``.

    Raises:
        ValueError: A shape differs, so the order is not the same.
    """
    names = [name for name in network.state_dict() if not name.endswith("num_batches_tracked")]
    state = network.state_dict()
    with np.load(path) as arrays:
        for name, key in zip(names, arrays.files, strict=False):
            values = torch.from_numpy(arrays[key])
            if values.shape != state[name].shape:
                raise ValueError(f"{name} has shape {state[name].shape}, not {values.shape}")
            state[name] = values
    network.load_state_dict(state)
