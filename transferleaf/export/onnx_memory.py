"""Less memory for the conversion to ONNX."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()


@contextmanager
def weights_shared() -> Iterator[None]:
    """Let tf2onnx share the weights between the copies of a graph in the block.

    tf2onnx copies the graph before each of its optimizations, to go back to the copy if one fails.
    With all weights, the copies of a large network take several gigabytes. Blocks of other threads
    wait.
    """
    from tf2onnx import optimizer

    with _lock:
        earlier = optimizer.copy
        optimizer.copy = _Copies()
        try:
            yield
        finally:
            optimizer.copy = earlier


class _Copies(threading.local):
    """Stands in for the module ``copy`` in tf2onnx, with a separate state for each thread."""

    def __init__(self) -> None:
        self._copied: Any = None

    def deepcopy(self, value: Any) -> Any:
        """Return a deep copy, in which constants of a graph are not copied."""
        if not hasattr(value, "get_nodes"):
            return copy.deepcopy(value)
        if self._copied is not None and self._copied is not value:
            # An optimized copy has replaced it. Its nodes refer to it, so it would wait for the
            # garbage collector.
            vars(self._copied).clear()
        self._copied = value
        return copy.deepcopy(value, _constants(value))


def _constants(graph: Any) -> dict[int, Any]:
    """The constants of a graph as a memo of ``deepcopy``. Optimizations replace their values."""
    from onnx import NodeProto

    memo: dict[int, Any] = {}
    for node in graph.get_nodes():
        if node.is_const():
            memo.update({id(attribute): attribute for attribute in node.attr.values()})
            # What tf2onnx writes. It is filled from the attributes.
            memo[id(node.op)] = NodeProto(
                name=node.name, op_type=node.type, input=node.input, output=node.output
            )
    return memo
