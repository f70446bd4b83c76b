"""The OpenVINO engine: a network compiled for the CPU, with several photos in parallel."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from transferleaf.features.engines.engine import EngineMeter, Outputs, Photos
from transferleaf.features.engines.tracing import trace_with_constants
from transferleaf.process.interrupts import interrupts_deferred
from transferleaf.process.openvino_loading import load_openvino

# Few photos per request fit the cache of a core, and leave few idle cores at the end of a batch;
# docs/engines.md has the measurements.
PHOTOS_PER_REQUEST = 2

# Twice as many requests as streams, so that no stream waits for Python.
_REQUESTS_PER_STREAM = 2

COMPILE_OPTIONS = {
    "PERFORMANCE_HINT": "THROUGHPUT",
    # Otherwise CPUs with bfloat16 would use it.
    "INFERENCE_PRECISION_HINT": "f32",
}


class OpenVINOEngine:
    """Runs a Keras network on the CPU with its current weights, in float32.

    The network is converted in memory. Nothing is written to disk.

    Args:
        network: A model from photos to one or several outputs.
        photo_shape: Shape of one photo, ``(height, width, 3)``.
        photos_per_request: Number of photos that one core processes at a time.
        threads: Number of cores. Default: all.

    Raises:
        Exception: OpenVINO cannot be loaded, or does not support the network. It can have any type.
    """

    def __init__(
        self,
        network: keras.Model,
        photo_shape: tuple[int, ...],
        *,
        photos_per_request: int = PHOTOS_PER_REQUEST,
        threads: int | None = None,
    ) -> None:
        openvino = load_openvino()
        self.name = f"OpenVINO {openvino.get_version().split('-')[0]}"
        self.meter = EngineMeter()
        self._photos_per_request = photos_per_request
        traced = trace_with_constants(network, (photos_per_request, *photo_shape))
        converted = convert_graph(traced.graph)
        granted = {} if threads is None else {"INFERENCE_NUM_THREADS": str(threads)}
        options = COMPILE_OPTIONS | granted
        self._compiled = openvino.Core().compile_model(converted, "CPU", options)
        # By name, because the converter does not guarantee the order of the outputs.
        self._outputs = [self._compiled.output(tensor.name) for tensor in traced.outputs]

    def run(self, batches: Iterable[Photos]) -> Iterator[Outputs]:
        """Run the network on ``batches``; see ``Engine.run``."""
        streams = self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        count = _REQUESTS_PER_STREAM * streams
        idle = [self._compiled.create_infer_request() for _ in range(count)]
        in_work: deque[_Job] = deque()
        for batch in batches:
            outputs = self._empty_outputs(len(batch))
            for start in range(0, len(batch), self._photos_per_request):
                if not idle:
                    yield from self._finish_oldest(in_work, idle)
                rows = slice(start, min(start + self._photos_per_request, len(batch)))
                in_work.append(_Job(request=idle.pop(), outputs=outputs, rows=rows))
                in_work[-1].start(batch[rows])
        while in_work:
            yield from self._finish_oldest(in_work, idle)

    def _empty_outputs(self, photos: int) -> Outputs:
        shapes = [tuple(output.shape)[1:] for output in self._outputs]
        return tuple(np.empty((photos, *shape), np.float32) for shape in shapes)

    def _finish_oldest(self, in_work: deque[_Job], idle: list[Any]) -> Iterator[Outputs]:
        """Wait for the oldest job, and yield the outputs of its batch if it is complete."""
        job = in_work.popleft()
        ended = job.finish(self._outputs)
        self.meter.record(job.rows.stop - job.rows.start, began=job.began, ended=ended)
        idle.append(job.request)
        if job.rows.stop == len(job.outputs[0]):
            yield job.outputs


@dataclass(slots=True, kw_only=True, eq=False)
class _Job:
    """Some photos of a batch that are being processed.

    Attributes:
        request: The OpenVINO request.
        outputs: The outputs of the whole batch, filled by its jobs.
        rows: The photos of the job within the batch.
        began: Start time.
    """

    request: Any
    outputs: Outputs
    rows: slice
    began: float = field(default_factory=time.perf_counter)

    def start(self, photos: Photos) -> None:
        # Unused rows contain old pixels. Their outputs are not read.
        self.request.get_input_tensor().data[: len(photos)] = photos
        self.request.start_async()

    def finish(self, ports: list[Any]) -> float:
        """Copy the outputs, and return the end time of the request."""
        self.request.wait()
        for output, port in zip(self.outputs, ports, strict=True):
            rows = output[self.rows]
            rows[:] = self.request.get_tensor(port).data[: len(rows)]
        return self.began + self.request.latency / 1000  # milliseconds to seconds


def convert_graph(graph: Any) -> Any:
    """Convert a TensorFlow graph without variables to an uncompiled OpenVINO model.

    This is what ``openvino.convert_model`` does, but without its telemetry.
    """
    load_openvino()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.tensorflow.graph_iterator import GraphIteratorTFGraph

    frontend = FrontEndManager().load_by_framework("tf")
    # The loaded model uses the iterator without keeping it alive, so a local name does.
    nodes = GraphIteratorTFGraph(graph, share_weights=False)
    with interrupts_deferred():  # it calls Python for every node
        return frontend.convert(frontend.load(nodes))
