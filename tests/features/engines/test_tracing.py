from __future__ import annotations

import numpy as np

from transferleaf.features.engines.tracing import trace_with_constants


def test_the_graph_needs_no_variables(two_outputs):
    traced = trace_with_constants(two_outputs, (2, 16, 16, 3))

    assert traced.graph.variables == ()
    assert traced.captured_inputs == []


def test_its_outputs_are_those_of_the_network_in_order(two_outputs, photos):
    traced = trace_with_constants(two_outputs, (2, 16, 16, 3))

    pooled, middle = traced(photos(2).astype(np.float32))

    expected_pooled, expected_middle = two_outputs(photos(2), training=False)
    np.testing.assert_allclose(pooled, expected_pooled, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(middle, expected_middle, rtol=1e-4, atol=1e-5)


def test_tracing_leaves_the_network_as_it_was(two_outputs):
    before = [variable.numpy() for variable in two_outputs.variables]

    trace_with_constants(two_outputs, (2, 16, 16, 3))

    after = [variable.numpy() for variable in two_outputs.variables]
    assert all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))
