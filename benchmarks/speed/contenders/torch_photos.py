"""What both PyTorch contenders need: names of networks, and pretrained values from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

TIMM_NAMES = {"efficientnet_lite0": "tf_efficientnet_lite0", "resnet50": "resnet50"}


def load_weights(network: torch.nn.Module, path: Path) -> None:
    """Fill a network with values that lie in the file in network order.

    Args:
        network: Its own tensors come in the same order; what follows them, such as a classifier,
            keeps its values.
        path: Written by ``our_classifier``.

    Raises:
        ValueError: A shape differs, so that the order cannot be the same.
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
