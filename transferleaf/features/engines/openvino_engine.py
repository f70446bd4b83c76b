"""OpenVINO as an engine: a network compiled for the CPU, several photos in work at a time."""

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
from transferleaf.interrupts import interrupts_deferred
from transferleaf.openvino_loading import load_openvino

# Few photos a request keep a core's cache warm and leave little to fill up at a batch's end;
# docs/engines.md has the measurements.
PHOTOS_PER_REQUEST = 2

# Twice as many requests as run at a time: none of the streams waits while Python is elsewhere.
_REQUESTS_PER_STREAM = 2

COMPILE_OPTIONS = {
    "PERFORMANCE_HINT": "THROUGHPUT",
    # A CPU that has bfloat16 would otherwise use it unasked.
    "INFERENCE_PRECISION_HINT": "f32",
}


class OpenVINOEngine:
    """Runs a Keras network on the CPU with the weights that it has now, in float32.

    The network is converted in memory and nothing is written to disk.

    Args:
        network: From photos to one or several outputs.
        photo_shape: Shape of one photo, ``(height, width, 3)``.
        photos_per_request: How many photos one core takes at a time.
        threads: Cores it may use; all of the machine's where ``None``.

    Raises:
        Exception: OpenVINO cannot be loaded, or cannot do this network; it may be of any kind.
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
        # By name, for the converter does not promise to keep the outputs in order.
        self._outputs = [self._compiled.output(tensor.name) for tensor in traced.outputs]

    def run(self, batches: Iterable[Photos]) -> Iterator[Outputs]:
        """Run the network over ``batches``; see ``Engine.run``."""
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
        """Wait for the oldest job; give the outputs of its batch where that is complete."""
        job = in_work.popleft()
        ended = job.finish(self._outputs)
        self.meter.record(job.rows.stop - job.rows.start, began=job.began, ended=ended)
        idle.append(job.request)
        if job.rows.stop == len(job.outputs[0]):
            yield job.outputs


@dataclass(slots=True, kw_only=True, eq=False)
class _Job:
    """A few photos of a batch in work.

    Attributes:
        request: The request of OpenVINO that works on them.
        outputs: The outputs of the whole batch, filled as jobs end.
        rows: Which photos of the batch these are.
        began: When they were handed over.
    """

    request: Any
    outputs: Outputs
    rows: slice
    began: float = field(default_factory=time.perf_counter)

    def start(self, photos: Photos) -> None:
        # Rows beyond the photos keep old pixels; their outputs are not read.
        self.request.get_input_tensor().data[: len(photos)] = photos
        self.request.start_async()

    def finish(self, ports: list[Any]) -> float:
        """Fill in the outputs, and tell when the request ended."""
        self.request.wait()
        for output, port in zip(self.outputs, ports, strict=True):
            rows = output[self.rows]
            rows[:] = self.request.get_tensor(port).data[: len(rows)]
        return self.began + self.request.latency / 1000  # from milliseconds


def convert_graph(graph: Any) -> Any:
    """Turn a TensorFlow graph without variables into an uncompiled model of OpenVINO.

    This is what ``openvino.convert_model`` does, without the telemetry that it sends.
    """
    load_openvino()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.tensorflow.graph_iterator import GraphIteratorTFGraph

    frontend = FrontEndManager().load_by_framework("tf")
    # The loaded model reads from the iterator and does not keep it alive; the local name does.
    nodes = GraphIteratorTFGraph(graph, share_weights=False)
    with interrupts_deferred():  # it calls Python for each node
        return frontend.convert(frontend.load(nodes))
