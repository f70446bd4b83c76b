"""tf2onnx copies graphs without their weights."""

from __future__ import annotations

import copy
import gc
import threading
import weakref

import numpy as np
import pytest

pytest.importorskip("tf2onnx", reason="the extra onnx is not installed")

from tf2onnx import optimizer
from tf2onnx.graph import Graph

from transferleaf.export.onnx_memory import weights_shared


@pytest.fixture
def graph() -> Graph:
    """A graph that adds a constant to a constant."""
    made = Graph([], opset=15)
    for name in ("first", "second"):
        made.make_const(name, np.full((4,), 2.0, np.float32))
    made.make_node("Add", ["first", "second"], outputs=["sum"], name="add")
    return made


def test_copies_share_the_weights_and_nothing_else(graph):
    with weights_shared():
        copied = optimizer.copy.deepcopy(graph)

    here, there = (each.get_node_by_name("first") for each in (graph, copied))
    assert there.attr["value"] is here.attr["value"]
    assert there is not here
    assert there.op is not here.op
    assert copied.get_node_by_name("add").op is not graph.get_node_by_name("add").op
    np.testing.assert_array_equal(there.get_tensor_value(as_list=False), [2, 2, 2, 2])


def test_a_new_value_in_a_copy_leaves_the_graph_unchanged(graph):
    with weights_shared():
        copied = optimizer.copy.deepcopy(graph)

    copied.get_node_by_name("first").set_tensor_value(np.zeros(4, np.float32))

    value = graph.get_node_by_name("first").get_tensor_value(as_list=False)
    np.testing.assert_array_equal(value, [2, 2, 2, 2])


def test_a_copy_is_written_with_its_weights(graph):
    with weights_shared():
        copied = optimizer.copy.deepcopy(graph)

    copied.update_proto()

    for name in ("first", "second"):
        (value,) = copied.get_node_by_name(name).op.attribute
        assert value.t.raw_data == np.full((4,), 2.0, np.float32).tobytes()


def test_a_graph_that_its_copy_replaced_is_released_at_once(graph):
    gc.disable()
    try:
        with weights_shared():
            second = optimizer.copy.deepcopy(graph)
            third = optimizer.copy.deepcopy(second)
            gone = weakref.ref(second.get_node_by_name("add"))
            del second
            optimizer.copy.deepcopy(third)

            assert gone() is None
    finally:
        gc.enable()


def test_a_graph_whose_copy_could_not_be_optimized_is_copied_again(graph):
    with weights_shared():
        copies = [optimizer.copy.deepcopy(graph) for _ in range(2)]

    assert all(len(each.get_nodes()) == len(graph.get_nodes()) == 3 for each in copies)


def test_a_copy_in_another_thread_leaves_the_graph_of_this_one_intact(graph):
    other = copy.deepcopy(graph)

    with weights_shared():
        optimizer.copy.deepcopy(graph)
        thread = threading.Thread(target=optimizer.copy.deepcopy, args=(other,))
        thread.start()
        thread.join()

    assert len(graph.get_nodes()) == 3


def test_outside_of_the_block_everything_is_copied(graph):
    with pytest.raises(ZeroDivisionError), weights_shared():
        raise ZeroDivisionError

    copied = optimizer.copy.deepcopy(graph)

    here, there = (each.get_node_by_name("first") for each in (graph, copied))
    assert there.attr["value"] is not here.attr["value"]
