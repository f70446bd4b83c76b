from __future__ import annotations

import numpy as np

from transferleaf.features.engines.tensorflow_engine import TensorFlowEngine


def test_it_follows_the_weights_of_the_live_network(two_outputs, photos):
    engine = TensorFlowEngine(two_outputs)
    list(engine.run([photos(3)]))

    for variable in two_outputs.variables:
        variable.assign(variable * 0)
    ((pooled, _),) = engine.run([photos(3)])

    np.testing.assert_array_equal(pooled, 0)


def test_many_engines_cause_no_warning_about_retracing(two_outputs, photos, caplog):
    for _ in range(8):
        list(TensorFlowEngine(two_outputs).run([photos(3), photos(2)]))

    assert "retracing" not in caplog.text


def test_batches_of_other_types_and_sizes_get_graphs_of_their_own(two_outputs, photos):
    engine = TensorFlowEngine(two_outputs)

    (of_bytes,) = engine.run([photos(2)])
    (of_floats,) = engine.run([photos(2).astype("float32")])

    np.testing.assert_allclose(of_bytes[0], of_floats[0], atol=1e-5)
