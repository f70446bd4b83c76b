"""The TensorFlow engine: for GPUs, and for networks that no compiled engine supports."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from transferleaf.features.engines.engine import EngineMeter, Outputs, Photos

# A GPU starts the next batch while the outputs of the previous one are transferred.
_IN_FLIGHT = 2


class TensorFlowEngine:
    """Runs a Keras network in inference mode as a graph, without XLA.

    XLA is off, because it makes depthwise convolutions about ten times slower on CPUs.

    Args:
        network: A model from photos to one or several outputs. Its variables are read in each
            batch, so unlike a compiled engine, this one uses later changes of the weights.
    """

    def __init__(self, network: keras.Model) -> None:
        self.name = f"TensorFlow {tf.__version__}"
        self.meter = EngineMeter()

        @tf.function(autograph=False, jit_compile=False)
        def forward(photos: Any) -> list[Any]:
            return keras.tree.flatten(network(photos, training=False))

        self._forward = forward
        self._graphs: dict[tuple[Any, ...], Callable[[Any], list[Any]]] = {}

    def run(self, batches: Iterable[Photos]) -> Iterator[Outputs]:
        """Run the network on ``batches``; see ``Engine.run``."""
        pending: deque[tuple[float, list[Any]]] = deque()
        for batch in batches:
            photos = tf.constant(batch)
            pending.append((time.perf_counter(), self._graph_for(photos)(photos)))
            if len(pending) == _IN_FLIGHT:
                yield self._collect(*pending.popleft())
        while pending:
            yield self._collect(*pending.popleft())

    def _graph_for(self, photos: Any) -> Callable[[Any], list[Any]]:
        """Return the graph for photos of one size and type, and for batches of any length."""
        # Calling the function itself would make TensorFlow warn about retracing, as each engine has
        # a network of its own.
        key = (*photos.shape[1:], photos.dtype)
        if key not in self._graphs:
            spec = tf.TensorSpec([None, *photos.shape[1:]], photos.dtype)
            self._graphs[key] = self._forward.get_concrete_function(spec)
        return self._graphs[key]

    def _collect(self, began: float, tensors: list[Any]) -> Outputs:
        outputs = tuple(np.asarray(tensor, np.float32) for tensor in tensors)
        self.meter.record(len(outputs[0]), began=began, ended=time.perf_counter())
        return outputs
